import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ArrivalClock } from "../../src/timing/arrival-clock.ts";

/** A deterministic jitter of at most `maxUs`, even over its range. */
function jitterUs(n: number, maxUs: number): number {
  return (((n * 2_654_435_761) % 4096) / 4096) * maxUs;
}

function distances(times: readonly number[]): number[] {
  return times.slice(1).map((time, n) => time - (times[n] ?? 0));
}

describe("frames timed by their arrival", () => {
  it.each([
    [30, null],
    [60, null],
    [10, null],
    [25, 25],
  ])("at %i/s (nominal: %s) come out evenly although they arrive with 15 ms of jitter", (fps, nominal) => {
    const clock = new ArrivalClock(nominal);
    const periodUs = 1e6 / fps;
    const times = Array.from({ length: 300 }, (_, n) =>
      clock.timeUs(1e9 + n * periodUs + jitterUs(n, 15_000)),
    );
    for (const distance of distances(times.slice(100)))
      expect(Math.abs(distance - periodUs)).toBeLessThan(2500);
    times.forEach((time, n) => expect(Math.abs(time - (1e9 + n * periodUs + 7500))).toBeLessThan(periodUs));
    expect(clock.fps).toBeCloseTo(fps, 0);
  });

  it("start over at the arrival after a gap, instead of drifting there", () => {
    const clock = new ArrivalClock(30);
    for (let n = 0; n < 60; n++) clock.timeUs((n * 1e6) / 30);
    expect(clock.timeUs(10e6)).toBe(10e6);
    expect(clock.timeUs(10e6 + 33_333)).toBeCloseTo(10e6 + 33_333, -3);
  });

  it.each([
    ["three periods late is that frame", 160_000, 40_000 + (38 / 110) * 120_000],
    ["later than that comes after a gap", 160_001, 160_001],
  ])("where the second, %s", (_, arrivalUs, timeUs) => {
    const clock = new ArrivalClock(25);
    clock.timeUs(0);
    expect(clock.timeUs(arrivalUs)).toBeCloseTo(timeUs, 6);
  });

  it("are taken to come at the rate that is told, else 30 in a second", () => {
    expect(new ArrivalClock(25).fps).toBe(25);
    expect(new ArrivalClock(null).fps).toBeCloseTo(30, 9);
  });

  it("always move forward, whatever the arrivals do", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 1e7 })), (gaps) => {
        const clock = new ArrivalClock(null);
        let arrivalUs = 0;
        const times = gaps.map((gap) => {
          arrivalUs += gap;
          return clock.timeUs(arrivalUs);
        });
        for (const distance of distances(times)) expect(distance).toBeGreaterThanOrEqual(1000);
      }),
    );
  });
});
