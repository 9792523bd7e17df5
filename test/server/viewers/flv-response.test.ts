import { EventEmitter } from "node:events";
import { Socket } from "node:net";
import type { Readable } from "node:stream";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { discardInput, isTakenOver, takeOver } from "../../../src/server/viewers/flv-response.ts";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["performance", "setTimeout"] });
});

afterEach(() => {
  vi.useRealTimers();
});

/** How often it was too much for a client that sends so many bytes, so many times, so far apart. */
function complaints({ bytes, times, everyMs }: { bytes: number; times: number; everyMs: number }): number {
  const input = new EventEmitter() as Readable; // its "data" is all that is looked at
  const onTooMuch = vi.fn<() => void>();
  discardInput(input, onTooMuch);
  for (let time = 0; time < times; time++) {
    input.emit("data", Buffer.alloc(bytes));
    vi.advanceTimersByTime(everyMs);
  }
  return onTooMuch.mock.calls.length;
}

describe("what a viewer sends", () => {
  it.each([
    ["a ping each 20 s, for a week", { bytes: 131, times: 30_240, everyMs: 20_000 }],
    ["a ping each second, for a day", { bytes: 131, times: 86_400, everyMs: 1000 }],
    ["64 KiB at once", { bytes: 65_536, times: 1, everyMs: 0 }],
    ["1 KiB a second, for an hour", { bytes: 1024, times: 3600, everyMs: 1000 }],
  ])("is thrown away: %s", (_what, sent) => {
    expect(complaints(sent)).toBe(0);
  });

  it.each([
    ["a byte more than 64 KiB at once", { bytes: 65_537, times: 1, everyMs: 0 }, 1],
    ["64 KiB twice within a minute", { bytes: 65_536, times: 2, everyMs: 60_000 }, 1],
    ["2 KiB a second, for a minute and seven seconds", { bytes: 2048, times: 67, everyMs: 1000 }, 4],
  ])("is too much: %s", (_what, sent, count) => {
    expect(complaints(sent)).toBe(count);
  });
});

it("a connection that carries a stream sends at once what it is given, and is not idle for long silences", () => {
  const socket = new Socket();
  socket.setTimeout(30_000);
  const setNoDelay = vi.spyOn(socket, "setNoDelay");
  takeOver(socket);
  expect(setNoDelay).toHaveBeenCalledWith(true);
  expect([socket.timeout, isTakenOver(socket)]).toEqual([0, true]);
});
