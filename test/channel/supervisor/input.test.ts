import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type EndedRun, SupervisedInput } from "../../../src/channel/supervisor/input.ts";
import { cameraSource } from "../../../src/devices/camera-source.ts";
import { unlistedDevice } from "../../../src/devices/unlisted.ts";
import { UserError } from "../../../src/errors.ts";
import type { ProcessPlan } from "../../../src/ffmpeg/plan.ts";
import type { LogEvent } from "../../../src/log.ts";
import { Backoff } from "../../../src/system/backoff.ts";
import { FakeCapture } from "./fake-capture.ts";

const camera = unlistedDevice("/dev/video0");
if (camera?.kind !== "camera") throw new Error("no camera");
const mode = { format: null, coding: "raw", size: null, fps: null, slowestFps: null, copies: false } as const;
const plan: ProcessPlan = {
  source: { ...cameraSource(camera, mode, "driver"), label: "cam0" },
  args: [],
  video: null,
  audio: null,
  baseS: 0,
};

/** An input, all that it did, and the device that a test plays. */
function supervise(options: { survives?: boolean } = {}) {
  const captures: FakeCapture[] = [];
  const story: string[] = [];
  const statesToldOf: (string | null)[][] = [];
  const events: LogEvent[] = [];
  const listeners = new Set<() => void>();
  let absence: UserError | null = null;
  let meanwhile: (() => void) | null = null;
  const replanned: EndedRun[] = [];
  const input = new SupervisedInput({
    plan,
    stallMs: 5000,
    firstFrameMs: 15_000,
    backoff: new Backoff(() => 0.5),
    watch: {
      onChange: (listener) => {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
    },
    startCapture: (_, onPackets) => {
      story.push("start");
      captures.push(new FakeCapture(onPackets));
      return captures.at(-1) ?? new FakeCapture(onPackets);
    },
    replan: async (ended) => {
      replanned.push(ended);
      const found = absence;
      meanwhile?.();
      meanwhile = null;
      if (found !== null) throw found;
      return plan;
    },
    survives: () => options.survives ?? true,
    onPackets: () => story.push("packets"),
    onBack: () => {
      story.push("back");
      statesToldOf.push([input.status.state, input.status.reason]);
    },
    onLost: () => {
      story.push("lost");
      statesToldOf.push([input.status.state, input.status.reason]);
    },
    onNotice: (event) => {
      story.push(event.text);
      events.push(event);
    },
  });
  input.ended.catch(() => undefined); // whoever awaits it hears of it
  return {
    ...{ input, captures, story, statesToldOf, events, replanned, listeners },
    current: () => captures.at(-1) ?? new FakeCapture(() => undefined),
    plugIn: () => {
      absence = null;
      for (const listener of listeners) listener();
    },
    whileReplanning: (act: () => void) => (meanwhile = act),
    pullOut: () => (absence = new UserError("deviceAbsent", "cam0 is not there")),
  };
}

const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe("an input that fails", () => {
  it("is started again after half a second, and is back with its first frame", async () => {
    const { input, current, story } = supervise();
    expect(input.status.state).toBe("starting");
    current().send();
    expect(input.status.state).toBe("running");
    current().fail();
    await pass(499);
    expect(story).toEqual([...["start", "packets", "lost", "cam0: it was unplugged; retrying in 0.5 s"]]);
    await pass(1);
    current().send();
    expect(story.slice(4)).toEqual(["start", "back", "cam0 is back", "packets"]);
  });

  it.each([
    ["fails", "deviceAbsent", async (input: ReturnType<typeof supervise>) => input.current().fail()],
    ["sends nothing", "notReady", () => pass(5250)],
  ] as const)(
    "is in no state to be watched once it is told of that it %s, until it is back",
    async (_what, reason, happens) => {
      const one = supervise();
      one.current().send();
      await happens(one);
      await pass(500);
      one.current().send();
      expect(one.statesToldOf).toEqual([
        ["waiting", reason],
        ["running", reason], // the last that there was
      ]);
    },
  );

  it("is told of to programs by names that do not change", async () => {
    const { current, events } = supervise();
    current().send();
    current().fail();
    await pass(500);
    current().send();
    expect(events).toMatchObject([
      {
        level: "warning",
        event: "input-lost",
        fields: { input: "cam0", reason: "deviceAbsent", retryMs: 500 },
      },
      { level: "notice", event: "input-back", fields: { input: "cam0" } },
    ]);
  });

  it("is waited for longer each time, and its reason is told once", async () => {
    const { current, story, captures } = supervise();
    current().send();
    for (const delayMs of [500, 1000, 2000]) {
      current().fail();
      await pass(delayMs);
    }
    expect(captures).toHaveLength(4);
    expect(story.filter((line) => line.includes("unplugged"))).toHaveLength(1);
  });

  it("is told of again after it was back, though it fails in the same way, and leaves nothing behind", async () => {
    const { current, events, listeners } = supervise();
    for (let outage = 0; outage < 3; outage++) {
      current().send();
      current().fail();
      await pass(15_000);
      expect(listeners.size).toBe(0);
    }
    expect(events.filter(({ event }) => event === "input-lost")).toHaveLength(3);
  });

  it("fails for good where nobody watches yet", async () => {
    const { input, current, captures } = supervise({ survives: false });
    current().fail();
    await expect(input.ended).rejects.toThrow("cam0: it was unplugged");
    expect(captures).toHaveLength(1);
    expect(input.status.state).toBe("ended");
  });

  it("that comes to its own end is over", async () => {
    const { input, current, story } = supervise();
    current().send();
    current().end();
    await input.ended;
    expect(story).toEqual(["start", "packets"]);
  });
});

describe("a device that was pulled out", () => {
  it("is opened at once when it comes back, however long the wait has become", async () => {
    const { current, captures, pullOut, plugIn } = supervise();
    current().send();
    pullOut();
    current().fail();
    await pass(60_000);
    expect(captures).toHaveLength(1);
    plugIn();
    await pass(0);
    expect(captures).toHaveLength(2);
  });

  it("is tried again and again for three seconds after its node has come: it is not yet its group's", async () => {
    const { current, replanned, pullOut, plugIn } = supervise();
    current().send();
    pullOut();
    current().fail();
    await pass(60_000);
    const before = replanned.length;
    plugIn();
    pullOut();
    await pass(2000);
    expect(replanned.length - before).toBeGreaterThanOrEqual(9);
  });

  it("is opened at once when it comes back just while it is tried", async () => {
    const { current, captures, pullOut, plugIn, whileReplanning } = supervise();
    current().send();
    pullOut();
    current().fail();
    whileReplanning(plugIn);
    await pass(500);
    expect(captures).toHaveLength(2);
  });

  it("is told of when what is wrong changes", async () => {
    const { current, story, pullOut } = supervise();
    current().send();
    pullOut();
    current().fail();
    await pass(60_000);
    expect(story.filter((line) => line.startsWith("cam0"))).toEqual([
      "cam0: it was unplugged; retrying in 0.5 s",
      "cam0 is not there; retrying in 1.0 s",
    ]);
  });
});

describe("an input that sends nothing any more", () => {
  it("is ended after the stall time, and started again", async () => {
    const { input, current, captures, story, replanned } = supervise();
    current().send();
    await pass(4900);
    expect(current().isStopped).toBe(false);
    await pass(1000);
    expect(captures[0]?.isStopped).toBe(true);
    expect(story).toContain("cam0 sent nothing for 5 s; retrying in 0.5 s");
    expect(replanned[0]).toMatchObject({ isStall: true, sentFrames: true });
    expect(input.status.stalls).toBe(1);
  });

  it("is lost at once, however long its process takes to its end", async () => {
    const { current, story } = supervise();
    current().send();
    current().hang();
    await pass(5500);
    expect(story).toEqual(["start", "packets", "lost"]);
    current().end();
    await pass(0);
    expect(story.filter((line) => line === "lost")).toHaveLength(1);
  });

  it("may take longer to its first frame", async () => {
    const { current, captures } = supervise();
    await pass(14_500);
    expect(current().isStopped).toBe(false);
    await pass(1000);
    expect(captures[0]?.isStopped).toBe(true);
  });

  it("lives as long as frames come", async () => {
    const { current, captures } = supervise();
    for (let second = 0; second < 100; second++) {
      current().send();
      await pass(1000);
    }
    expect(captures).toHaveLength(1);
  });

  it("has no say when its last bytes come late", async () => {
    const { captures, story } = supervise();
    captures[0]?.send();
    await pass(5500);
    captures[0]?.send();
    expect(story.filter((line) => line === "packets")).toHaveLength(1);
  });
});

describe("an input that is stopped", () => {
  it("ends its process", async () => {
    const { input, current } = supervise();
    current().send();
    await input.stop();
    expect(current().isStopped).toBe(true);
  });

  it("ends while it waits, at once", async () => {
    const { input, current, captures, pullOut } = supervise();
    current().send();
    pullOut();
    current().fail();
    await pass(100);
    await input.stop();
    await pass(60_000);
    expect(captures).toHaveLength(1);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("is started again where it was asked to restart", async () => {
    const { input, current, captures } = supervise();
    current().send();
    input.restart();
    await pass(0);
    expect(captures).toHaveLength(2);
    expect(input.status).toMatchObject({ restarts: 1, state: "starting", lastError: null });
  });

  it("and was asked to restart while it waited, is told of when it fails again", async () => {
    const { input, current, captures, story } = supervise();
    current().send();
    current().fail();
    await pass(100);
    input.restart();
    await pass(0);
    expect(captures).toHaveLength(2);
    current().send();
    current().fail("cam0: it caught fire");
    await pass(0);
    expect(story.at(-1)).toBe("cam0: it caught fire; retrying in 1.0 s");
    expect(input.status).toMatchObject({ state: "waiting", lastError: "cam0: it caught fire" });
    await pass(999);
    expect(captures).toHaveLength(2);
  });

  it("has not stalled, however long its process takes to the end that was requested", async () => {
    const { input, current, captures, story } = supervise();
    current().send();
    await pass(4000);
    current().hang();
    input.restart();
    await pass(2000);
    current().end();
    await pass(0);
    expect(captures).toHaveLength(2);
    expect(input.status.stalls).toBe(0);
    expect(story).toEqual(["start", "packets", "lost", "start"]);
  });

  it("is started again at once however often it is asked to: that is no failure", async () => {
    const { input, current, captures, replanned } = supervise({ survives: false });
    for (let round = 1; round <= 20; round++) {
      current().send();
      input.restart();
      await pass(0);
      expect(captures).toHaveLength(round + 1);
    }
    expect(replanned.every(({ isAsked }) => isAsked)).toBe(true);
    current().fail();
    await expect(input.ended).rejects.toThrow("it was unplugged");
  });
});
