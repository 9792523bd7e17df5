import { describe, expect, test } from "vitest";
import type { FaultId } from "../../src/check/catalogue.ts";
import { Faults } from "../../src/check/faults.ts";
import { type Pace, PaceJudge } from "../../src/check/pace.ts";
import { idsIn, tagAt } from "./tag.ts";

type Samples = readonly (readonly [arrivalMs: number, timestampMs: number])[];

function judged(samples: Samples, known: readonly FaultId[] = []): Pace & { ids: FaultId[] } {
  const faults = new Faults();
  for (const id of known) faults.report(id, "");
  const judge = new PaceJudge(faults);
  for (const [arrivalMs, timestampMs] of samples) judge.push(tagAt(timestampMs, { arrivalMs }));
  const pace = judge.end();
  return { ...pace, ids: idsIn(faults).filter((id) => !known.includes(id)) };
}

/** One frame a second at its time. */
const seconds = (count: number): Samples =>
  Array.from({ length: count }, (_, second) => [1000 * second, 1000 * second]);

describe("a stream is live", () => {
  test.each<[number, number, boolean]>([
    [999, 999, false],
    [1000, 1000, true],
    [1000, 3999, true],
    [1000, 4000, false],
  ])("where %d ms of it brought %d ms of media: %j", (arrivalMs, timestampMs, isLive) => {
    const samples: Samples = [
      [0, 0],
      [arrivalMs, timestampMs],
    ];
    expect(judged(samples).isLive).toBe(isLive);
  });

  test("by what came behind the beginning, which may be many seconds at once", () => {
    const samples: Samples = [
      [0, 0],
      [300, 9000],
      [1300, 10_000],
    ];
    expect(judged(samples)).toEqual({ burstMs: 9000, speed: null, isLive: true, ids: [] });
  });

  test("only where its arrival is known, of frames that have a time", () => {
    const nothing = { burstMs: null, speed: null, isLive: false };
    const judge = new PaceJudge(new Faults());
    judge.push(tagAt(0));
    judge.push(tagAt(-1, { arrivalMs: 5 }));
    expect(judge.end()).toEqual(nothing);
    judge.push(tagAt(0, { arrivalMs: 10 }));
    expect(judge.end()).toEqual({ ...nothing, burstMs: 0 });
  });
});

describe("the burst at the beginning", () => {
  test.each([
    [300, 700],
    [301, 0],
  ])("has what comes within 300 ms, and of a frame after %d ms %d", (arrivalMs, burstMs) => {
    const samples: Samples = [
      [0, 0],
      [arrivalMs, 700],
      [5000, 5000],
    ];
    expect(judged(samples).burstMs).toBe(burstMs);
  });

  test.each<[number, FaultId[]]>([
    [10_000, []],
    [10_001, ["burst-long"]],
  ])("of %d ms is %j", (burstMs, ids) => {
    const samples: Samples = [
      [0, 0],
      [100, burstMs],
      [2100, burstMs + 2000],
    ];
    expect(judged(samples)).toEqual({ burstMs, speed: null, isLive: true, ids });
  });

  test("is never less than nothing", () => {
    const samples: Samples = [
      [0, 100],
      [50, 40],
    ];
    expect(judged(samples).burstMs).toBe(0);
  });
});

/** A first and a last third that are so far apart by the clock and in media. */
function apart(watchedMs: number, mediaMs: number): Samples {
  return [...seconds(3), [3000, 0], [2000 + watchedMs, 2000 + mediaMs]];
}

describe("the speed", () => {
  test.each<[number, number, FaultId[]]>([
    [4000, 4300, []],
    [4000, 4301, ["pace-fast"]],
    [4000, 3700, []],
    [4000, 3699, ["pace-slow"]],
    [10_000, 10_499, []],
    [10_000, 10_501, ["pace-fast"]],
    [10_000, 9501, []],
    [10_000, 9499, ["pace-slow"]],
  ])("of %d ms that brought %d ms of media is %j", (watchedMs, mediaMs, ids) => {
    expect(judged(apart(watchedMs, mediaMs))).toEqual({
      burstMs: 0,
      speed: mediaMs / watchedMs,
      isLive: true,
      ids,
    });
  });

  test.each([
    [2499, null],
    [2500, 1],
  ])("of %d ms is %j: shorter, it says nothing", (watchedMs, speed) => {
    expect(judged(apart(watchedMs, watchedMs)).speed).toBe(speed);
  });

  test("is not told of fewer than three seconds behind the first two", () => {
    expect(judged([...seconds(3), [6000, 6000]]).speed).toBeNull();
    expect(judged([...seconds(4), [6000, 6000]]).speed).toBe(1);
  });

  test("does not count how early the first two seconds came", () => {
    const early = seconds(11).map(([arrivalMs, ms]) => [arrivalMs, arrivalMs === 1000 ? 4000 : ms] as const);
    expect(judged(early).speed).toBe(1);
  });

  test("goes by the earliest frame of each second and of each third, so that late ones do not count", () => {
    const late = seconds(11).flatMap(([arrivalMs, ms]) => [
      [arrivalMs, ms - (arrivalMs % 2000 === 0 ? 0 : 400)] as const,
      [arrivalMs + 900, ms + 100] as const,
    ]);
    expect(judged(late)).toMatchObject({ speed: 1, ids: [] });
  });

  test.each<FaultId>([
    "timestamp-backwards",
    "timestamp-jump",
    "timestamp-24-bit-wrap",
    "timestamp-negative",
    "video-gap",
    "audio-gap",
  ])("is not told where media time has stepped: %s", (known) => {
    const samples = apart(4000, 8000);
    expect(judged(samples).ids).toEqual(["pace-fast"]);
    expect(judged(samples, [known])).toMatchObject({ speed: null, ids: [] });
  });

  test("of what comes as fast as the network goes is told, and no fault", () => {
    const samples = seconds(60).map(([arrivalMs, ms]) => [arrivalMs, 10 * ms] as const);
    expect(judged(samples)).toEqual({ burstMs: 0, speed: 10, isLive: false, ids: [] });
  });
});
