import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { SupervisedStream } from "../../src/app/supervised-stream.ts";
import type { Channel } from "../../src/channel/channel.ts";
import { UserError } from "../../src/errors.ts";
import { completeSettings } from "../../src/settings/resolve.ts";
import type { StreamStatus } from "../../src/stream.ts";
import { someStatus } from "../control/some-status.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A channel that ends as a test says. */
class FakeChannel {
  readonly calls: string[] = [];
  isToStay: () => boolean = () => false;
  state: StreamStatus["state"] = "starting";
  end!: () => void;
  fail!: (failure: Error) => void;
  readonly ending = { isStopped: false, viewers: 2 };
  readonly ended = new Promise<void>((resolve, reject) => {
    this.end = resolve;
    this.fail = reject;
  });

  constructor() {
    const isOver = () => (this.state = "ended");
    this.ended.then(isOver, isOver); // whoever awaits it hears of it
  }

  start(): void {
    this.calls.push("start");
    this.state = "on-air";
  }

  async stop(): Promise<void> {
    this.calls.push("stop");
    this.end();
  }

  status(): StreamStatus {
    return { ...someStatus, name: "door", state: this.state };
  }

  replan(): void {
    this.calls.push("replan");
  }

  setLimits(): void {
    this.calls.push("limits");
  }

  async restart(): Promise<void> {
    this.calls.push("restart");
  }

  kill(): void {
    this.calls.push("kill");
  }
}

const absent = new UserError("usage", "cam0 does not support 640x480");

function supervised({ takeName = async () => async (): Promise<void> => undefined } = {}) {
  const channels: FakeChannel[] = [];
  const told: string[] = [];
  const served = { channel: completeSettings({ device: "test", name: "door" }).channel, access: null };
  const stream = new SupervisedStream(served, {
    makeChannel: (_served, isToStay) => {
      const channel = new FakeChannel();
      channel.isToStay = isToStay;
      channels.push(channel);
      return channel as unknown as Channel; // as much of one as is used
    },
    takeName,
    onNotice: ({ event, text }) => told.push(`${event}: ${text}`),
  });
  const last = () => channels.at(-1) ?? new FakeChannel();
  return { stream, served, channels, told, last };
}

const soon = () => vi.advanceTimersByTimeAsync(0);

test("a stream that fails starts again after ever longer pauses, and the reason is told once", async () => {
  const { stream, channels, told, last } = supervised();
  stream.start();
  await soon();
  const pauses: number[] = [];
  for (let times = 1; times <= 4; times += 1) {
    last().fail(absent);
    await soon();
    expect(stream.status()).toMatchObject({ state: "waiting", lastError: absent.message, reason: "usage" });
    const fromMs = Date.now();
    while (channels.length === times) await vi.advanceTimersByTimeAsync(50);
    pauses.push(Date.now() - fromMs);
    expect([last().calls, stream.status().state]).toEqual([["start"], "on-air"]);
  }
  expect(pauses.every((pause, index) => index === 0 || pause > (pauses[index - 1] ?? 0))).toBe(true);
  expect(told).toEqual([expect.stringMatching(/^stream-failed: cam0 does not support 640x480; retrying in/)]);
  await stream.remove();
});

test("a bug in one stream is told, and costs no more than a pause", async () => {
  const { stream, channels, told, last } = supervised();
  stream.start();
  await soon();
  last().fail(new TypeError("x is undefined"));
  await vi.advanceTimersByTimeAsync(1000);
  expect(told[0]).toMatch(/^stream-failed: internal error, please report it: x is undefined at /);
  expect([channels.length, last().calls]).toEqual([2, ["start"]]);
  await stream.remove();
});

test("a file that is over stays ended until it is restarted", async () => {
  const { stream, channels, told, last } = supervised();
  stream.start();
  await soon();
  expect(last().isToStay()).toBe(true);
  last().end();
  await vi.advanceTimersByTimeAsync(60_000);
  expect([channels.length, stream.status().state, last().isToStay()]).toEqual([1, "ended", false]);
  expect(told).toEqual(["ended: ended; start it again with: flvcast restart door"]);
  await stream.restart();
  await soon();
  expect([channels.length, last().calls]).toEqual([2, ["start"]]);
  await stream.restart();
  expect(last().calls).toEqual(["start", "restart"]);
  await stream.remove();
});

test("one that was stopped stays so until it is resumed, also out of a pause", async () => {
  const { stream, channels, last } = supervised();
  stream.start();
  await soon();
  last().fail(absent);
  await soon();
  await stream.stop();
  await vi.advanceTimersByTimeAsync(60_000);
  expect([channels.length, stream.isStopped, stream.status().state]).toEqual([1, true, "ended"]);
  stream.resume();
  await soon();
  expect([channels.length, last().calls, stream.isStopped]).toEqual([2, ["start"], false]);
  await stream.remove();
});

test("what changes is done to what runs, and tried at once where something is waited for", async () => {
  const { stream, served, channels, last } = supervised();
  stream.start();
  await soon();
  stream.change(served, "limits");
  stream.change(served, "replan");
  expect(last().calls).toEqual(["start", "limits", "replan"]);
  last().fail(absent);
  await soon();
  stream.change(served, "replan");
  await soon();
  expect([channels.length, last().calls]).toEqual([2, ["start"]]);
  await stream.remove();
});

test("what is made anew ends, and another channel takes its place at once", async () => {
  const { stream, served, channels, last } = supervised();
  stream.start();
  await soon();
  const [first] = channels;
  stream.change(served, "remake");
  await soon();
  expect([channels.length, first?.calls, last().calls]).toEqual([2, ["start", "stop"], ["start"]]);
  expect(stream.status().state).toBe("on-air");
  last().end();
  await soon();
  expect([channels.length, stream.status().state]).toEqual([2, "ended"]);
  await stream.remove();
});

test("one that fails as it is to be made anew still ends with its input later", async () => {
  const { stream, served, channels, last } = supervised();
  stream.start();
  await soon();
  last().fail(absent); // before its end is known
  stream.change(served, "remake");
  while (channels.length === 1) await vi.advanceTimersByTimeAsync(50);
  last().end();
  await soon();
  expect([channels.length, stream.status().state]).toEqual([2, "ended"]);
  await stream.remove();
});

test("it is settled when it is on the air, or waits, or is over", async () => {
  const { stream, last } = supervised();
  let isSettled = false;
  void stream.settled.then(() => (isSettled = true));
  stream.start();
  await soon();
  expect(isSettled).toBe(false);
  last().fail(absent);
  await soon();
  expect(isSettled).toBe(true);
  await stream.remove();

  const other = supervised();
  other.stream.noticed({
    ...({ level: "debug", event: "state-changed", text: "" } as const),
    fields: { name: "door", state: "on-air", before: "starting" },
  });
  await other.stream.settled;
  await other.stream.remove();
});

test("a name that another process holds is waited for, and given free at the end", async () => {
  let holder: UserError | null = new UserError("alreadyRunning", '"door" is already running');
  const calls: string[] = [];
  const { stream, told, last } = supervised({
    takeName: async () => {
      if (holder !== null) throw holder;
      calls.push("taken");
      return async () => void calls.push("free");
    },
  });
  stream.start();
  await vi.advanceTimersByTimeAsync(5000);
  expect(stream.status()).toMatchObject({ state: "waiting", reason: "alreadyRunning" });
  expect([last().calls, told.length]).toEqual([[], 1]);
  holder = null;
  await vi.advanceTimersByTimeAsync(30_000);
  expect([calls, last().calls, stream.status().state]).toEqual([["taken"], ["start"], "on-air"]);
  await stream.remove();
  expect(calls).toEqual(["taken", "free"]);
});

test("one that waits for its name ends at once when it is removed", async () => {
  const { stream, last } = supervised({
    takeName: async () => {
      throw absent;
    },
  });
  stream.start();
  await soon();
  await stream.remove();
  expect(last().calls).toEqual(["stop"]);
});
