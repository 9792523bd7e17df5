import { describe, expect, it } from "vitest";
import { StallBound } from "../../src/timing/stall-bound.ts";

const LIMITS = { leastMs: 5000, untilKnownMs: 15_000 };

function boundAfter(timesMs: readonly number[]): number {
  const bound = new StallBound(LIMITS);
  for (const timeMs of timesMs) bound.saw(timeMs);
  return bound.silenceMs;
}

const every = (ms: number, count: number, fromMs = 0) =>
  Array.from({ length: count }, (_, n) => fromMs + n * ms);

describe("a live input is found dead", () => {
  it.each([
    ["15 pictures a second", 1000 / 15, 5000],
    ["one a second", 1000, 5000],
    ["one in five seconds", 5000, 15_000],
    ["one in ten seconds", 10_000, 30_000],
    ["one a minute", 60_000, 180_000],
    ["one in ten minutes", 600_000, 300_000],
  ])("that sends %s", (_, distanceMs, silenceMs) => {
    expect(boundAfter(every(distanceMs, 20))).toBeCloseTo(silenceMs);
  });

  it("later at first, for what was buffered comes at once, and then the next of a slow camera", () => {
    expect(boundAfter([0, 1])).toBe(15_000);
    expect(boundAfter([0, 1, 10_001])).toBe(30_000);
  });

  it("as soon as ever when a pause is ten frames back", () => {
    expect(boundAfter([...every(40, 100), ...every(40, 10, 12_000)])).toBeGreaterThan(20_000);
    expect(boundAfter([...every(40, 100), ...every(40, 11, 12_000)])).toBe(5000);
  });
});
