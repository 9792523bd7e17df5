import { EventEmitter } from "node:events";
import type { Socket } from "node:net";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { Connection } from "../../../src/outputs/push/connection.ts";
import { PushFailure } from "../../../src/outputs/push/failure.ts";
import type { OpenPush } from "../../../src/outputs/push/open.ts";
import { Push } from "../../../src/outputs/push/push.ts";
import type { PushTarget } from "../../../src/outputs/push/target.ts";
import { Alarm } from "../../../src/system/alarm.ts";
import { Backoff } from "../../../src/system/backoff.ts";
import { LagWatch } from "../../../src/system/lag-watch.ts";
import { send, videoHub } from "../live/fakes.ts";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance", "Date"] });
});

afterEach(() => {
  vi.restoreAllMocks(); // before the timers: else a fake one is put back
  vi.useRealTimers();
});

/** A connection whose other end does what a test says. */
class FakeConnection implements Connection {
  readonly streamId = 1;
  readonly fourccs = null;
  readonly socket: Socket;
  readonly closed: Promise<PushFailure | null>;
  /** What the kernel holds for it. */
  queuedBytes = 0;
  #close: (failure: PushFailure | null) => void = () => undefined;

  constructor() {
    const ends = { localAddress: "127.0.0.1", localPort: 80, remoteAddress: "127.0.0.1", remotePort: 81 };
    this.socket = Object.assign(new EventEmitter(), {
      ...ends,
      writableLength: 0,
      destroyed: false,
      write: () => true,
    }) as unknown as Socket; // as much of one as is used
    this.closed = new Promise((resolve) => (this.#close = resolve));
  }

  end(): void {
    this.#over(null);
  }

  fail(failure: PushFailure): void {
    this.#over(failure);
  }

  #over(failure: PushFailure | null): void {
    this.#close(failure);
    this.socket.emit("close");
  }
}

const target: PushTarget = {
  ...{ url: "rtmp://h/live/key", shown: "rtmp://h/live/…", audio: "none", maxLagMs: 5000 },
  ...{ insecure: false, when: "always" },
};

/** A push whose attempts a test answers, and what is told of it. */
function pushing(open: OpenPush) {
  const hub = videoHub({ maxLagMs: 5000, viewerTimeoutMs: 20_000 });
  send(hub, "metadata@0 video-config@0 audio-config@0 key@0");
  const told: string[] = [];
  const queues = new Map<string, number>();
  const startMs = performance.now();
  const tell = (text: string) => told.push(`${((performance.now() - startMs) / 1000).toFixed(1)} ${text}`);
  const push = new Push({
    ...{ target, hub: () => hub, isWanted: () => true, open, after: Promise.resolve() },
    ...{ lagWatch: new LagWatch(async () => queues), alarm: new Alarm() },
    backoff: new Backoff(() => 0.5, 30_000),
    redact: (text) => text.replaceAll("key", "…"),
    onUp: () => tell("up"),
    onDown: (_, why) => tell(`down: ${why}`),
  });
  return { push, hub, told, queues };
}

it("an unreachable server is tried again for ever, at last every 30 s, and told of once", async () => {
  const triesMs: number[] = [];
  const startMs = performance.now();
  const { push, told } = pushing(async () => {
    triesMs.push(performance.now() - startMs);
    throw new PushFailure("lost", "connection refused");
  });
  await vi.advanceTimersByTimeAsync(130_000);
  expect(triesMs).toEqual([0, 500, 1500, 3500, 7500, 15_500, 31_500, 61_500, 91_500, 121_500]);
  expect(told).toEqual(["0.0 down: connection refused"]);
  expect(push.status()).toMatchObject({ state: "waiting", lastError: "connection refused", reconnects: 0 });
  expect(push.status().retryAtMs).toBe(Date.now() + 21_500);
  await push.end();
  await vi.advanceTimersByTimeAsync(130_000);
  expect(triesMs).toHaveLength(10);
  expect(vi.getTimerCount()).toBe(0);
});

it("a server that says no is asked every 30 s, in its own words without the key", async () => {
  const triesMs: number[] = [];
  const startMs = performance.now();
  const { push, told } = pushing(async () => {
    triesMs.push(performance.now() - startMs);
    throw new PushFailure("refused", "NetStream.Publish.BadName: key is taken");
  });
  await vi.advanceTimersByTimeAsync(65_000);
  expect(triesMs).toEqual([0, 30_000, 60_000]);
  expect(told).toEqual(["0.0 down: NetStream.Publish.BadName: … is taken"]);
  await push.end();
});

it("key frames that come meanwhile do not end the pause", async () => {
  const open = vi.fn<OpenPush>(async () => {
    throw new PushFailure("lost", "connection refused");
  });
  const { push } = pushing(open);
  await vi.advanceTimersByTimeAsync(5000);
  const before = open.mock.calls.length;
  for (let looks = 0; looks < 10; looks++) push.look();
  await vi.advanceTimersByTimeAsync(100);
  expect(open).toHaveBeenCalledTimes(before);
  await push.end();
});

it("a server that does not answer is given up after 15 s, and tried again", async () => {
  const open = vi.fn<OpenPush>(
    async (_, signal) =>
      await new Promise((_resolve, reject) =>
        signal.addEventListener("abort", () => reject(signal.reason as Error)),
      ),
  );
  const { push, told } = pushing(open);
  await vi.advanceTimersByTimeAsync(14_999);
  expect(push.status().state).toBe("connecting");
  await vi.advanceTimersByTimeAsync(502);
  expect(told).toEqual(["15.0 down: no answer within 15 s"]);
  expect(open).toHaveBeenCalledTimes(2);
  await push.end(); // in the middle of the second
  expect(vi.getTimerCount()).toBe(0);
});

it("a connection that lasted a minute begins with a short pause when it is lost", async () => {
  const connections: FakeConnection[] = [];
  let isThere = false;
  const { push, told } = pushing(async () => {
    if (!isThere) throw new PushFailure("lost", "connection refused");
    const connection = new FakeConnection();
    connections.push(connection);
    return connection;
  });
  await vi.advanceTimersByTimeAsync(20_000);
  isThere = true;
  await vi.advanceTimersByTimeAsync(80_000);
  connections[0]?.fail(new PushFailure("lost", "connection reset"));
  await vi.advanceTimersByTimeAsync(501);
  expect(connections).toHaveLength(2);
  expect(told).toEqual([
    "0.0 down: connection refused",
    "31.5 up",
    "100.0 down: connection reset",
    "100.5 up",
  ]);
  expect(push.status()).toMatchObject({ state: "up", reconnects: 1, lastError: null });
  await push.end();
});

it("a peer that acknowledges nothing is skipped by its own limit, and dropped after the viewers' timeout", async () => {
  const connections: FakeConnection[] = [];
  const { push, hub, told, queues } = pushing(async () => {
    const connection = new FakeConnection();
    connections.push(connection);
    return connection;
  });
  await vi.advanceTimersByTimeAsync(1);
  const owed = () => queues.set("0100007F:0050 0100007F:0051", push.status().sentBytes - opening);
  const opening = push.status().sentBytes;
  for (let second = 1; second <= 19; second++) {
    send(hub, `delta@${second * 1000}`);
    owed();
    await vi.advanceTimersByTimeAsync(1000);
  }
  expect(push.status()).toMatchObject({ state: "up", skips: 1 });
  expect(connections).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(9000);
  expect(told[1]).toMatch(/^2\d\.\d down: the server has stopped accepting data$/);
  expect(connections).toHaveLength(2); // and is up again
  expect(push.status()).toMatchObject({ skips: 1, reconnects: 1 });
  await push.end();
});
