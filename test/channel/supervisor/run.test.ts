import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Run } from "../../../src/channel/supervisor/run.ts";
import { testSource } from "../../../src/devices/test-source.ts";
import type { ProcessPlan } from "../../../src/ffmpeg/plan.ts";
import type { AudioFrame } from "../../../src/media/packet.ts";
import { FakeCapture, picture } from "./fake-capture.ts";

const sound: AudioFrame = {
  kind: "audio-frame",
  codec: "aac",
  presentationTimeUs: 0,
  data: Uint8Array.of(0x21),
};
const video = { pipe: 1, encoder: "h264_vaapi", bitrateKbps: null, fps: null, gopSeconds: 1 };
const audio = { pipe: 3, encoder: "aac", bitrateKbps: null } as const;
const source = testSource({ wanted: { video: true, audio: true }, size: null, fps: null });

/** A process with these tracks, and what of it came through. */
function run(plan: Partial<ProcessPlan>) {
  let capture: FakeCapture | null = null;
  const came: string[] = [];
  const begun = new Run(
    { source, args: [], baseS: 0, video, audio, ...plan },
    {
      startCapture: (_, onPackets) => (capture = new FakeCapture(onPackets)),
      stallMs: 5000,
      firstFrameMs: 15_000,
    },
    (packets, isBeginning) => came.push(...packets.map(({ kind }) => (isBeginning ? `first ${kind}` : kind))),
    ({ message }) => came.push(message),
  );
  if (capture === null) throw new Error("nothing was started");
  return { run: begun, capture: capture as FakeCapture, came };
}

const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  vi.restoreAllMocks(); // before the timers: else a fake one is put back
  vi.useRealTimers();
});

async function hear(capture: FakeCapture, seconds: number): Promise<void> {
  for (let second = 0; second < seconds; second += 1) {
    capture.send(sound);
    await pass(1000);
  }
}

describe("a process with picture and sound", () => {
  it("is hung when no pictures come any more, though its sound goes on", async () => {
    const { run: hung, capture, came } = run({});
    capture.send(picture);
    await hear(capture, 6);
    expect(capture.isStopped).toBe(true);
    expect(came).toContain("test sent no video for 5 s");
    expect(await hung.over).toMatchObject({
      isStall: true,
      failure: { message: "test sent no video for 5 s" },
    });
    expect(hung.sentFrames).toBe(true);
  });

  it("is told of as hung once, however long it takes to its end", async () => {
    const { capture, came } = run({});
    capture.hang();
    await pass(60_000);
    expect(came).toEqual(["test sent nothing for 15 s"]);
    capture.end();
  });

  it("is hung when its first picture does not come, though its sound does", async () => {
    const { run: hung, capture, came } = run({});
    await hear(capture, 14);
    expect(capture.isStopped).toBe(false);
    await hear(capture, 2);
    expect(capture.isStopped).toBe(true);
    expect(hung.sentFrames).toBe(false);
    expect(came[0]).toBe("first audio-frame");
  });

  it("lives as long as pictures come, whether there is sound or not", async () => {
    const { capture } = run({});
    capture.send(sound);
    for (let second = 0; second < 30; second += 1) {
      capture.send(picture);
      await pass(1000);
    }
    expect(capture.isStopped).toBe(false);
  });

  it("lives by any frame where it plays a file, whose pictures may be far apart", async () => {
    const { capture } = run({ source: { ...source, hasEnd: true } });
    capture.send(picture);
    await hear(capture, 30);
    expect(capture.isStopped).toBe(false);
  });

  it("lives while it sends pictures that cannot be used, which have a limit of their own", async () => {
    const { capture } = run({});
    capture.send(picture);
    for (let second = 0; second < 12; second += 1) {
      capture.lastDropMs = performance.now();
      await pass(1000);
    }
    expect(capture.isStopped).toBe(false);
    await pass(6000);
    expect(capture.isStopped).toBe(true);
  });

  it("is hung when nothing comes any more", async () => {
    const { run: hung, capture } = run({ source: { ...source, hasEnd: true } });
    capture.send(picture);
    await pass(6000);
    expect(await hung.over).toMatchObject({ failure: { message: "test sent nothing for 5 s" } });
  });
});

describe("when we ourselves were stopped for a while, as by SIGSTOP", () => {
  afterEach(() => void vi.restoreAllMocks());

  it("a process is not hung whose frames nobody has read yet, and is when they do not come", async () => {
    const { run: hung, capture, came } = run({});
    capture.send(picture);
    await pass(1000);
    const now = performance.now.bind(performance);
    vi.spyOn(performance, "now").mockImplementation(() => now() + 60_000);
    await pass(4000); // the watchdog looks, a minute late
    expect(capture.isStopped).toBe(false);
    expect(came).toEqual(["first video-frame"]);
    await pass(4999);
    expect(capture.isStopped).toBe(false);
    await pass(1);
    expect(await hung.over).toMatchObject({ isStall: true });
  });
});

it("the watchdog of a process that sends looks no more often than it could have fallen silent", async () => {
  const started = vi.spyOn(globalThis, "setTimeout");
  const { capture } = run({});
  for (let frame = 0; frame < 25 * 60; frame += 1) {
    capture.send(picture);
    await pass(40);
  }
  expect(capture.isStopped).toBe(false);
  expect(started.mock.calls.length).toBeLessThan(20); // of a minute, and it may be silent for five seconds
  started.mockRestore();
});

describe("a process with one track", () => {
  it("is judged by that one", async () => {
    const { run: hung, capture } = run({ video: null });
    await hear(capture, 20);
    expect(capture.isStopped).toBe(false);
    expect(hung.sentFrames).toBe(true);
    await pass(6000);
    expect(await hung.over).toMatchObject({ failure: { message: "test sent nothing for 5 s" } });
  });
});

async function lastsFor(
  changed: Partial<typeof source>,
  distanceMs: number,
  frames: number,
): Promise<number> {
  const { capture } = run({ audio: null, source: { ...source, ...changed } });
  for (let frame = 0; frame < frames; frame += 1) {
    if (frame > 0) await pass(distanceMs);
    capture.send(picture);
  }
  let silentMs = 0;
  while (!capture.isStopped && silentMs < 3_600_000) {
    await pass(250);
    silentMs += 250;
  }
  return silentMs / 1000;
}

describe("what is rightly slow is not hung", () => {
  it.each([
    ["a camera at 15 pictures a second", { clock: "live" }, 1000 / 15, 900, 5],
    ["a camera at a picture a minute", { clock: "rtp" }, 60_000, 60, 180],
    ["a camera whose first picture has come", { clock: "none" }, 0, 1, 90],
    ["a live URL whose first picture has come", { clock: "live" }, 0, 1, 15],
    ["live segments", { stall: { kind: "after", silenceMs: 30_000 } }, 40, 100, 30],
    ["a file", { stall: { kind: "never" } }, 40, 100, 3600],
  ] as const)("%s", async (_, changed, distanceMs, frames, silenceS) => {
    const lastedS = await lastsFor(changed, distanceMs, frames);
    expect(lastedS).toBeGreaterThanOrEqual(silenceS - 0.25);
    expect(lastedS).toBeLessThanOrEqual(silenceS + 0.5);
  });
});
