import { setImmediate as turn } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { noOverrides } from "../../src/channel/channel-plan.ts";
import { OnDemand } from "../../src/channel/on-demand.ts";
import { type ExitReason, UserError } from "../../src/errors.ts";
import { Demand } from "../../src/outputs/demand.ts";

beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] }));
afterEach(() => void vi.useRealTimers());

function deferred() {
  let [resolve, reject]: [() => void, (error: Error) => void] = [() => undefined, () => undefined];
  const promise = new Promise<void>((onDone, onFailed) => ([resolve, reject] = [onDone, onFailed]));
  return { promise, resolve, reject };
}

/** A start whose processes a test moves. */
class FakeStart {
  readonly plan = { ffmpeg: null, encoder: null, overrides: noOverrides } as never; // nothing looks into it
  readonly ended = deferred();
  isStopped = false;
  readonly current = {
    plan: this.plan,
    stop: async () => {
      this.isStopped = true;
      this.ended.resolve();
    },
    neverReady: (reason: ExitReason, why: string) => new UserError(reason, why),
  } as never; // as much of a session as is used

  run(): Promise<void> {
    return this.ended.promise;
  }
}

function onDemand({ exitOnDeviceError = false } = {}) {
  const demand = new Demand();
  const over = new AbortController();
  const starts: FakeStart[] = [];
  const from: unknown[] = [];
  const story: string[] = [];
  const devices = new EventTarget();
  const tested = new OnDemand({
    ...{ name: "cam", demand, lingerMs: 10_000, over: over.signal, exitOnDeviceError },
    begin: (_over, point) => {
      story.push("start");
      from.push(point.kept);
      const start = new FakeStart();
      starts.push(start);
      return start;
    },
    outputs: { pause: () => story.push("pause") },
    watch: {
      onChange: (listener) => {
        devices.addEventListener("change", listener);
        return () => undefined;
      },
    },
    onIdle: (failure) => story.push(failure === null ? "idle" : `idle: ${failure.message}`),
    onNotice: ({ event }) => story.push(event),
  });
  const ended = tested.run(null);
  ended.catch(() => undefined);
  const newest = () => starts.at(-1) ?? new FakeStart();
  return {
    ...{ tested, demand, starts, from, story, ended },
    pluggedIn: () => devices.dispatchEvent(new Event("change")),
    /** The newest start has its first key frame. */
    ready: async () => {
      tested.ready();
      await turn();
      await turn();
    },
    fail: async (message: string) => {
      newest().ended.reject(new UserError("deviceAbsent", message));
      await turn();
      await turn();
    },
    endInput: async () => {
      newest().ended.resolve();
      await turn();
      await turn();
    },
    after: async (ms: number) => {
      await vi.advanceTimersByTimeAsync(ms);
      await turn();
    },
    stop: async () => {
      over.abort();
      newest().ended.resolve();
      await ended;
    },
  };
}

/** One that has been checked, and sleeps. */
async function asleep(options = {}) {
  const one = onDemand(options);
  await one.ready();
  one.story.length = 0;
  return one;
}

describe("the check at the start", () => {
  it("runs to the first key frame without viewers, and then sleeps at once", async () => {
    const { ready, story, starts } = onDemand();
    expect(story).toEqual(["start"]);
    await ready();
    expect(story).toEqual(["start", "pause", "idle"]);
    expect(starts[0]?.isStopped).toBe(true);
  });

  it("takes as long as it takes, though nobody watches", async () => {
    const { after, starts } = onDemand();
    await after(3_600_000);
    expect(starts.map(({ isStopped }) => isStopped)).toEqual([false]);
  });

  it("goes on for those who came meanwhile", async () => {
    const { demand, ready, after, story } = onDemand();
    demand.take();
    await ready();
    await after(60_000);
    expect(story).toEqual(["start"]);
  });

  it("goes on for those who waited for its key frame, and join a moment after it", async () => {
    const { demand, ready, after, story } = onDemand();
    const letGo = demand.take();
    letGo();
    await ready();
    demand.take();
    await after(60_000);
    expect(story).toEqual(["start"]);
  });

  it("is the stream's end where it fails", async () => {
    const { fail, ended } = onDemand();
    await fail("cam0 is not connected");
    await expect(ended).rejects.toThrow("cam0 is not connected");
  });

  it("is the stream's end where the input ends before", async () => {
    const { endInput, ended } = onDemand();
    await endInput();
    await expect(ended).rejects.toThrow("the input ended");
  });
});

describe("a stream that sleeps", () => {
  it("starts with the first who wants it, once, with the plan that worked", async () => {
    const { demand, starts, from } = await asleep();
    for (let viewer = 0; viewer < 50; viewer++) demand.take();
    await turn();
    expect(starts).toHaveLength(2);
    expect(from).toEqual([null, starts[0]?.plan]);
  });

  it("sleeps again when nobody has wanted it for so long", async () => {
    const { demand, ready, after, story } = await asleep();
    const leave = demand.take();
    await turn();
    await ready();
    await after(60_000);
    leave();
    leave(); // whoever has left cannot leave again
    await after(9999);
    expect(story).toEqual(["start"]);
    await after(1);
    expect(story).toEqual(["start", "pause", "idle"]);
  });

  it("goes on for one who comes while it lingers, and counts anew from there", async () => {
    const { demand, ready, after, story } = await asleep();
    const leave = demand.take();
    await turn();
    await ready();
    leave();
    await after(9000);
    demand.take()();
    await after(9000);
    expect(story).toEqual(["start"]);
    await after(1000);
    expect(story).toEqual(["start", "pause", "idle"]);
  });

  it("gives up a start that nobody waits for any more", async () => {
    const { demand, after, story, starts } = await asleep();
    const leave = demand.take();
    await turn();
    leave();
    await after(10_000);
    expect(story).toEqual(["start", "pause", "idle"]);
    expect(starts[1]?.isStopped).toBe(true);
  });

  it("starts at once for one who comes while its processes end", async () => {
    const { demand, ready, after, story, starts } = await asleep();
    const leave = demand.take();
    await turn();
    await ready();
    leave();
    const [, second] = starts;
    const ends = deferred();
    Object.assign(second?.current ?? {}, { stop: () => ends.promise });
    await after(10_000);
    expect(story).toEqual(["start", "pause"]);
    demand.take();
    second?.ended.resolve();
    ends.resolve();
    await turn();
    await turn();
    expect(story).toEqual(["start", "pause", "idle", "start"]);
  });

  it("begins a file again that has ended", async () => {
    const { demand, ready, endInput, story } = await asleep();
    const leave = demand.take();
    await turn();
    await ready();
    leave();
    await endInput();
    expect(story).toEqual(["start", "pause", "idle"]);
    demand.take();
    await turn();
    expect(story.at(-1)).toBe("start");
  });

  it("ends with the process", async () => {
    const { stop, story } = await asleep();
    await stop();
    expect(story).toEqual([]);
  });
});

describe("a start that fails", () => {
  it("tells why, and is not tried again before its pause is over", async () => {
    const { demand, fail, after, tested, story, from } = await asleep();
    const leave = demand.take();
    await turn();
    await fail("cam0 is not connected");
    leave();
    expect(story).toEqual(["start", "pause", "start-failed", "idle: cam0 is not connected"]);
    expect(tested.failure?.reason).toBe("deviceAbsent");
    expect(tested.failure?.retryMs).toBeGreaterThan(300);
    await after(700);
    expect([tested.failure, story.filter((one) => one === "start")]).toEqual([null, ["start"]]);
    demand.take();
    await turn();
    expect(story.filter((one) => one === "start")).toHaveLength(2);
    expect(from.at(-1)).toBeNull(); // what has changed is looked at
  });

  it("is tried less often the more often it fails, for one who goes on wanting it", async () => {
    const { demand, fail, after, starts } = await asleep();
    demand.take(); // a recorder
    await turn();
    for (let failures = 0; failures < 5; failures++) {
      await fail("cam0 is not connected");
      await after(20_000);
    }
    const before = starts.length;
    await fail("cam0 is not connected");
    await after(10_000);
    expect(starts).toHaveLength(before);
    await after(10_000);
    expect(starts).toHaveLength(before + 1);
  });

  it("is said once, until it has worked", async () => {
    const { demand, fail, after, ready, endInput, story } = await asleep();
    demand.take();
    await turn();
    const told = () => story.filter((one) => one === "start-failed").length;
    await fail("cam0 is not connected");
    await after(20_000);
    await fail("cam0 is not connected");
    expect(told()).toBe(1);
    await after(20_000);
    await ready();
    await endInput();
    await turn();
    await fail("cam0 is not connected");
    expect(told()).toBe(2);
  });

  it("may be tried again as soon as a device comes", async () => {
    const { demand, fail, pluggedIn, tested } = await asleep();
    demand.take()();
    await turn();
    await fail("cam0 is not connected");
    expect(tested.failure).not.toBeNull();
    pluggedIn();
    await turn();
    expect(tested.failure).toBeNull();
  });

  it("after its key frame is the stream's end, where a device's failure is", async () => {
    const { demand, ready, fail, ended } = await asleep({ exitOnDeviceError: true });
    demand.take();
    await turn();
    await ready();
    await fail("cam0 was unplugged");
    await expect(ended).rejects.toThrow("cam0 was unplugged");
  });
});
