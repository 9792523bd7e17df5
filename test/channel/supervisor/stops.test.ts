import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { SupervisedInput } from "../../../src/channel/supervisor/input.ts";
import { testSource } from "../../../src/devices/test-source.ts";
import { UserError } from "../../../src/errors.ts";
import type { ProcessPlan } from "../../../src/ffmpeg/plan.ts";
import { Backoff } from "../../../src/system/backoff.ts";
import { Random } from "../../soak/random.ts";
import { FakeCapture } from "./fake-capture.ts";

const seed = Number(process.env["STOPS_SEED"] ?? Date.now() % 2 ** 31);
const TRIES = 300;
/** What an ffmpeg that hangs in a driver takes to its end: SIGTERM, two seconds, SIGKILL. */
const LONGEST_END_MS = 2000;

const plan: ProcessPlan = {
  source: testSource({ wanted: { video: true, audio: false }, size: null, fps: null }),
  args: [],
  video: { pipe: 1, encoder: "libx264", bitrateKbps: null, fps: null, gopSeconds: 1 },
  audio: null,
  baseS: 0,
};

const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

/** A process whose end takes as long as it is told. */
class SlowCapture extends FakeCapture {
  readonly #endMs: number;
  isGone = false;

  constructor(onPackets: ConstructorParameters<typeof FakeCapture>[0], endMs: number) {
    super(onPackets);
    this.#endMs = endMs;
    this.ended.then(
      () => (this.isGone = true),
      () => (this.isGone = true),
    );
  }

  override async stop(): Promise<void> {
    this.isStopped = true;
    setTimeout(() => this.end(), this.#endMs);
    await this.ended.catch(() => undefined);
  }
}

/** An input whose device comes and goes, and whose processes crash, hang and are asked to restart, all by chance. */
function troubled(random: Random) {
  const captures: SlowCapture[] = [];
  const listeners = new Set<() => void>();
  const input = new SupervisedInput({
    plan,
    stallMs: 5000,
    firstFrameMs: 15_000,
    backoff: new Backoff(() => random.next()),
    watch: {
      onChange: (listener) => {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
    },
    startCapture: (_, onPackets) => {
      const capture = new SlowCapture(onPackets, random.between(0, LONGEST_END_MS));
      captures.push(capture);
      return capture;
    },
    replan: async () => {
      await new Promise((resolve) => setTimeout(resolve, random.between(0, 18_000)));
      if (random.next() < 0.5) throw new UserError("deviceAbsent", "cam0 is not there");
      return plan;
    },
    survives: () => true,
    ...{ onPackets: () => undefined, onBack: () => undefined, onLost: () => undefined },
    onNotice: () => undefined,
  });
  const happens = () => {
    const capture = captures.at(-1);
    random.pick<() => void>([
      [4, () => capture?.send()],
      [4, () => capture?.fail("cam0: it was unplugged")],
      [2, () => input.restart()],
      [2, () => listeners.forEach((listener) => listener())],
    ])();
  };
  return { input, captures, listeners, happens };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe(`a stop at any moment (STOPS_SEED=${seed})`, () => {
  it("ends the input in the time that its process takes, and leaves nothing behind", async () => {
    const random = new Random(seed);
    for (let one = 0; one < TRIES; one++) {
      const { input, captures, listeners, happens } = troubled(random);
      for (let left = random.between(0, 8); left > 0; left--) {
        await pass(random.between(0, 9000));
        happens();
      }
      await pass(
        random.pick([
          [1, 0],
          [1, random.between(0, 20_000)],
        ]),
      );
      let hasStopped = false;
      const isKilled = random.next() < 0.2;
      if (isKilled) input.kill();
      void (isKilled ? input.ended : input.stop()).then(() => (hasStopped = true));
      if (random.next() < 0.2) input.restart();
      await pass(LONGEST_END_MS);
      expect({ one, hasStopped, state: input.status.state }).toEqual({
        ...{ one, hasStopped: true, state: "ended" },
      });
      const started = captures.length;
      expect(captures.filter(({ isGone }) => !isGone)).toEqual([]);
      await pass(60_000); // what was still being planned
      expect({ one, started: captures.length }).toEqual({ one, started });
      expect(listeners.size).toBe(0);
      expect(vi.getTimerCount()).toBe(0);
      await input.ended;
    }
  });
});
