import * as fc from "fast-check";
import { expect, it } from "vitest";
import { ByteClock } from "../../../src/outputs/live/byte-clock.ts";
import { collectGarbage } from "../../collect-garbage.ts";

it("knows when the oldest of the last bytes was sent", () => {
  const clock = new ByteClock(3000);
  clock.add(100, 1000);
  clock.add(100, 2000);
  clock.add(100, 3000);
  expect([0, 1, 100, 101, 200, 201, 300].map((bytes) => clock.ageMs(bytes, 3500))).toEqual([
    0, 500, 500, 1500, 1500, 2500, 2500,
  ]);
  expect(clock.ageMs(301, 3500)).toBe(Number.POSITIVE_INFINITY);
});

it("takes no more memory after days than after minutes", () => {
  const clock = new ByteClock(3000);
  const heapAfter = (untilMs: number) => {
    for (; nowMs < untilMs; nowMs += 50) clock.add(1000, nowMs);
    collectGarbage();
    return process.memoryUsage().heapUsed;
  };
  let nowMs = 0;
  const before = heapAfter(600_000);
  expect(heapAfter(24 * 3_600_000)).toBeLessThan(before + 10e6); // all marks would be 80 MB
  expect(clock.ageMs(10_000, nowMs)).toBeLessThan(600);
});

it("is never wrong by more than its step, however long it runs and whatever is sent", () => {
  const SPAN_MS = 3000;
  const sends = fc.array(
    fc.record({ bytes: fc.integer({ min: 1, max: 99 }), afterMs: fc.integer({ min: 0, max: 200 }) }),
    {
      minLength: 1,
      maxLength: 2000,
    },
  );
  fc.assert(
    fc.property(sends, fc.integer({ min: 1, max: 100_000 }), (all, owedBytes) => {
      const clock = new ByteClock(SPAN_MS);
      const sentAtMs: number[] = [];
      let nowMs = 0;
      for (const { bytes, afterMs } of all) {
        nowMs += afterMs;
        clock.add(bytes, nowMs);
        for (let byte = 0; byte < bytes; byte++) sentAtMs.push(nowMs);
      }
      const oldestMs = sentAtMs.at(-owedBytes);
      const ageMs = oldestMs === undefined ? Number.POSITIVE_INFINITY : nowMs - oldestMs;
      const tooMuchMs = Math.min(clock.ageMs(owedBytes, nowMs), SPAN_MS) - Math.min(ageMs, SPAN_MS);
      expect(tooMuchMs).toBeGreaterThanOrEqual(0);
      expect(tooMuchMs).toBeLessThan(SPAN_MS / 64);
    }),
    { numRuns: 50 },
  );
});
