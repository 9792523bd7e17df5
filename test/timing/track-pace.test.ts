import { describe, expect, it } from "vitest";
import { Pace } from "../../src/timing/track-pace.ts";

const S = 1e6;

/** Frames of these moments, each `wayUs` on its way. */
function paceOf(times: readonly number[], wayUs = 20_000): Pace {
  const pace = new Pace();
  for (const timeUs of times) pace.saw(timeUs, timeUs + wayUs);
  return pace;
}

const every = (us: number, count: number) => Array.from({ length: count }, (_, n) => n * us);

describe("frames that stay out", () => {
  it.each([
    ["25 a second", 0.8, 40_000],
    ["one a second", 2, S],
    ["one in five seconds", 10, 5 * S],
  ])("are overdue, where they come %s, after %d s", (_, allowedS, distanceUs) => {
    const pace = paceOf(every(distanceUs, 20));
    const lastUs = 19 * distanceUs + 20_000;
    expect(pace.isOverdue(lastUs + allowedS * S - 1000)).toBe(false);
    expect(pace.isOverdue(lastUs + allowedS * S + 1000)).toBe(true);
  });

  it("are not overdue while nobody knows how far apart they are", () => {
    expect(new Pace().isOverdue(100 * S)).toBe(false);
    expect(paceOf([0]).isOverdue(100 * S)).toBe(false);
  });

  it.each([
    [9, 15],
    [10, 0.8],
  ])("are overdue, where %i have come, after %d s", (count, allowedS) => {
    const pace = paceOf(every(40_000, count));
    const lastUs = (count - 1) * 40_000 + 20_000;
    expect(pace.isOverdue(lastUs + allowedS * S)).toBe(false);
    expect(pace.isOverdue(lastUs + allowedS * S + 1)).toBe(true);
  });

  it("are overdue by the longest way, and not by that of the last one", () => {
    const pace = paceOf(every(40_000, 25), 300_000);
    pace.saw(S, S + 270_000);
    expect(pace.wayUs).toBe(299_000);
    expect([S + 1_099_000, S + 1_099_001].map((us) => pace.isOverdue(us))).toEqual([false, true]);
  });

  it("are waited for longer by a source that paused before, and as ever minutes later", () => {
    const times = [...every(40_000, 100), ...every(40_000, 100).map((us) => 8 * S + us)];
    const pace = paceOf(times);
    const lastUs = times.at(-1) ?? 0;
    expect(pace.isOverdue(lastUs + 5 * S)).toBe(false);
    for (const us of every(40_000, 15_000)) pace.saw(lastUs + 40_000 + us, lastUs + 60_000 + us);
    expect(pace.isOverdue(lastUs + 15_000 * 40_000 + 1.2 * S)).toBe(true);
  });

  it("are not overdue where they come six seconds at a time", () => {
    const pace = new Pace();
    for (let segment = 0; segment < 5; segment++) {
      for (const us of every(40_000, 150)) pace.saw(segment * 6 * S + us, segment * 6 * S);
      expect(pace.isOverdue((segment + 1) * 6 * S)).toBe(false);
      expect(pace.isOverdue((segment + 1) * 6 * S + 1.1 * S)).toBe(true);
    }
  });

  it("tell nothing by the time that another source took to begin", () => {
    const pace = paceOf(every(40_000, 25));
    pace.begins();
    pace.saw(60 * S, 60 * S + 20_000);
    expect(pace.isOverdue(61.1 * S)).toBe(true);
  });
});

describe("the moment that a track is of", () => {
  it("goes on by the clock when nothing comes", () => {
    const pace = paceOf(every(40_000, 25), 90_000);
    expect(pace.timeUs(5 * S)).toBe(5 * S - 90_000);
    expect(new Pace().timeUs(5 * S)).toBeNull();
  });

  it("is not that of frames that had queued up", () => {
    const pace = paceOf(every(40_000, 25));
    for (const us of every(40_000, 75)) pace.saw(S + us, 4 * S);
    expect(pace.timeUs(5 * S)).toBeGreaterThan(5 * S - 200_000);
  });
});

describe("the way of a track's frames", () => {
  it("is not known before the first, whose way it is", () => {
    const pace = new Pace();
    expect(pace.wayUs).toBeNull();
    pace.sawOwed(0, 70_000);
    expect(pace.wayUs).toBe(70_000);
  });

  it.each([
    ["longer by no more than went by", S, 0.04 * S, 0.06 * S],
    ["longer by a tenth of a second at the most", S, S, 0.12 * S],
    ["shorter by a tenth of what went by", 0, 0.1 * S, 0.01 * S],
    ["no shorter than the frame's", 0.015 * S, S, 0.015 * S],
  ])("becomes %s", (_, frameWayUs, elapsedUs, wayUs) => {
    const pace = paceOf([0]);
    pace.saw(20_000 + elapsedUs - frameWayUs, 20_000 + elapsedUs);
    expect(pace.wayUs).toBe(wayUs);
  });

  it("is not learned from what a source owes, which tells the moment all the same", () => {
    const pace = paceOf(every(40_000, 25));
    pace.sawOwed(2 * S, 5 * S);
    expect([pace.wayUs, pace.timeUs(2 * S)]).toEqual([20_000, 2 * S]);
  });
});
