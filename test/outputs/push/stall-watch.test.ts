import { describe, expect, it } from "vitest";
import { StallWatch } from "../../../src/outputs/push/stall-watch.ts";

const kib = 1024;

/** Looks once a second while so much is sent, and so much acknowledged; the second in which it stands still, or null. */
function stalledAfter(
  seconds: number,
  { sentPerSecond, acknowledgedAt }: { sentPerSecond: number; acknowledgedAt: (second: number) => number },
  everyBytes = 64 * kib,
): number | null {
  const watch = new StallWatch();
  for (let second = 0; second <= seconds; second++)
    if (watch.look({ count: acknowledgedAt(second), everyBytes }, second * sentPerSecond)) return second;
  return null;
}

const until = (last: number) => (second: number) => Math.min(second, last);

describe("a server that acknowledges", () => {
  it("and stops is found 15 s later", () => {
    expect(stalledAfter(60, { sentPerSecond: 300 * kib, acknowledgedAt: until(10) })).toBe(25);
  });

  it.each([1, 8, 14])("is left alone, every %i s", (seconds) => {
    const acknowledgedAt = (second: number) => Math.floor(second / seconds);
    expect(stalledAfter(300, { sentPerSecond: 300 * kib, acknowledgedAt })).toBeNull();
  });

  it("more rarely than we ask is waited for twice as long as before", () => {
    const options = { sentPerSecond: 300 * kib, acknowledgedAt: until(10) };
    expect(stalledAfter(60, options, 5000 * kib)).toBe(44); // 10,200 KiB later
  });

  it("is not judged by a stream so small that nothing is due", () => {
    expect(stalledAfter(40, { sentPerSecond: 3 * kib, acknowledgedAt: until(1) })).toBeNull();
    expect(stalledAfter(60, { sentPerSecond: 3 * kib, acknowledgedAt: until(1) })).toBe(44); // 129 KiB later
  });

  it("is asked for nothing while nothing is sent, and gets its time after that", () => {
    const watch = new StallWatch();
    const look = (sentBytes: number) => watch.look({ count: 1, everyBytes: 64 * kib }, sentBytes);
    look(1000 * kib);
    for (let second = 0; second < 60; second++) expect(look(1000 * kib)).toBe(false);
    for (let second = 1; second < 15; second++) expect(look(1000 * kib + second * 1000 * kib)).toBe(false);
    expect(look(20_000 * kib)).toBe(true);
  });
});

it("a server that never acknowledges is not judged by it", () => {
  expect(stalledAfter(300, { sentPerSecond: 300 * kib, acknowledgedAt: () => 0 })).toBeNull();
});
