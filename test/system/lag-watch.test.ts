import { Socket } from "node:net";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { LagWatch } from "../../src/system/lag-watch.ts";
import type { TcpQueues } from "../../src/system/tcp-queues.ts";
import { FakeSink, send, somebody, videoHub } from "../outputs/live/fakes.ts";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
});

afterEach(() => {
  vi.restoreAllMocks(); // before the timers: else a fake one is put back
  vi.useRealTimers();
});

function watched(readQueues = async (queues: TcpQueues): Promise<TcpQueues> => queues) {
  const hub = videoHub({ maxLagMs: 3000 });
  send(hub, "key@0");
  const queues = new Map<string, number>();
  const looksMs: number[] = [];
  const startMs = performance.now();
  const tables: string[] = [];
  const watch = new LagWatch(async (needed) => {
    tables.push([...needed].join());
    looksMs.push(performance.now() - startMs);
    return await readQueues(queues);
  });
  const socket = new Socket();
  const ends = { localAddress: "127.0.0.1", localPort: 80, remoteAddress: "127.0.0.1", remotePort: 81 };
  for (const [name, value] of Object.entries(ends)) Object.defineProperty(socket, name, { value });
  const viewer = hub.join(new FakeSink(), somebody);
  const unwatch = watch.add(hub.followed(viewer), socket);
  const owe = (bytes: number) => queues.set("0100007F:0050 0100007F:0051", bytes);
  return { hub, viewer, watch, unwatch, looksMs, tables, owe };
}

it("looks as often as it takes to see within a second who is too far behind", async () => {
  const { hub, viewer, looksMs, owe } = watched();
  await vi.advanceTimersByTimeAsync(12_000);
  expect(looksMs).toEqual([4000, 8000, 12_000]); // nobody can be 3 s behind before 3 s have passed
  send(hub, "delta@1000");
  owe(25);
  send(hub, "delta@3500");
  await vi.advanceTimersByTimeAsync(4000);
  expect(viewer.lagMs).toBe(0);
  owe(50);
  await vi.advanceTimersByTimeAsync(4000);
  expect(viewer.lagMs).toBe(2500);
  expect(looksMs.slice(3)).toEqual([16_000, 20_000]);
  send(hub, "delta@4500");
  owe(75);
  await vi.advanceTimersByTimeAsync(1500);
  expect(looksMs.slice(5)).toEqual([21_500]);
  expect(viewer.skips).toBe(1);
  await vi.advanceTimersByTimeAsync(3000);
  expect(looksMs.slice(6)).toEqual([22_500, 23_500, 24_500]);
});

it("reads the tables alone of the addresses that viewers have", async () => {
  const { hub, watch, tables } = watched();
  await vi.advanceTimersByTimeAsync(4000);
  const socket = new Socket();
  Object.defineProperty(socket, "localAddress", { value: "::ffff:127.0.0.1" });
  watch.add(hub.followed(hub.join(new FakeSink(), somebody)), socket);
  await vi.advanceTimersByTimeAsync(4000);
  expect(tables).toEqual(["tcp", "tcp,tcp6"]);
});

it("looks at nobody when nobody is there", async () => {
  const { hub, viewer, unwatch, looksMs } = watched();
  await vi.advanceTimersByTimeAsync(4000);
  unwatch();
  hub.leave(viewer);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(looksMs).toEqual([4000]);
  expect(vi.getTimerCount()).toBe(0);
});

it("looks again when somebody comes after the last one has left between two looks", async () => {
  const { hub, viewer, watch, unwatch, looksMs } = watched();
  await vi.advanceTimersByTimeAsync(500);
  unwatch();
  watch.add(hub.followed(viewer), new Socket());
  await vi.advanceTimersByTimeAsync(4000);
  expect(looksMs).toEqual([4500]);
});

it("reads the kernel's table once for the viewers of all hubs", async () => {
  const { watch, looksMs } = watched();
  const hub = videoHub({ maxLagMs: 5000 });
  send(hub, "key@0");
  const viewer = hub.join(new FakeSink(), somebody);
  watch.add(hub.followed(viewer), new Socket());
  await vi.advanceTimersByTimeAsync(12_000);
  expect(looksMs).toEqual([4000, 8000, 12_000]); // as the hub with the shorter limit needs it
});

it("goes on at its pace when a viewer comes while it looks, and stops when the last one leaves then", async () => {
  const answers: ((queues: TcpQueues) => void)[] = [];
  const { hub, viewer, watch, unwatch, looksMs } = watched(
    async () => await new Promise<TcpQueues>((resolve) => answers.push(resolve)),
  );
  await vi.advanceTimersByTimeAsync(4000);
  const other = hub.join(new FakeSink(), somebody);
  const unwatchOther = watch.add(hub.followed(other), new Socket());
  await vi.advanceTimersByTimeAsync(9000);
  expect(looksMs).toEqual([4000]); // it takes its time
  answers.shift()?.(new Map());
  await vi.advanceTimersByTimeAsync(4000);
  expect(looksMs).toEqual([4000, 17_000]);
  unwatch();
  unwatchOther();
  for (const one of [viewer, other]) hub.leave(one);
  answers.shift()?.(new Map());
  await vi.advanceTimersByTimeAsync(60_000);
  expect(looksMs).toEqual([4000, 17_000]);
  expect(vi.getTimerCount()).toBe(0);
  watch.add(hub.followed(hub.join(new FakeSink(), somebody)), new Socket());
  await vi.advanceTimersByTimeAsync(4000);
  expect(looksMs.slice(2)).toEqual([81_000]);
});

it("counts what waits in this process as not acknowledged", async () => {
  const { hub, viewer } = watched();
  Object.defineProperty(viewer.sink, "backlogBytes", { value: 25 });
  const looks = vi.spyOn(hub, "look");
  await vi.advanceTimersByTimeAsync(4000);
  expect(looks.mock.calls.map(([, bytes]) => bytes)).toEqual([viewer.sentBytes - 25]);
});

it("keeps no process alive", () => {
  vi.useRealTimers();
  const started = vi.spyOn(globalThis, "setTimeout");
  const { unwatch } = watched();
  const [look] = started.mock.results;
  started.mockRestore();
  expect(look?.value.hasRef()).toBe(false);
  unwatch();
});
