import { describe, expect, test } from "vitest";
import type { FaultId } from "../../src/check/catalogue.ts";
import { Composition } from "../../src/check/composition.ts";
import { Faults } from "../../src/check/faults.ts";
import { idsIn, tagAt } from "./tag.ts";

/** Pictures at so many milliseconds, each shown so much later. */
function judged(
  pictures: readonly (readonly [timestampMs: number, compositionTimeMs: number])[],
  { hasBSlices = false, maxReorderFrames = null as number | null, known = [] as readonly FaultId[] } = {},
): FaultId[] {
  const faults = new Faults();
  for (const id of known) faults.report(id, "");
  const composition = new Composition(faults);
  for (const [timestampMs, compositionTimeMs] of pictures)
    composition.push(tagAt(timestampMs), { isKey: false, compositionTimeMs, hasBSlices, bytes: 1 });
  composition.end(maxReorderFrames);
  return idsIn(faults).filter((id) => !known.includes(id));
}

const steady = (count: number, compositionTimeMs: number) =>
  Array.from({ length: count }, (_, index) => [40 * index, compositionTimeMs] as const);

describe("a composition time", () => {
  test.each<[number, FaultId[]]>([
    [-1, ["composition-time-negative"]],
    [0, []],
    [5000, []],
    [5001, ["composition-time-huge"]],
  ])("of %d ms is %j", (compositionTimeMs, ids) => {
    expect(judged([[0, compositionTimeMs]])).toEqual(ids);
  });

  test.each<[number, number, FaultId[]]>([
    [9, 100, []],
    [10, 100, ["composition-time-constant"]],
    [10, 1, ["composition-time-constant"]],
    [10, 0, []],
    [10, -1, ["composition-time-negative"]],
    [10, 5000, ["composition-time-constant"]],
    [10, 5001, ["composition-time-huge"]],
  ])("that %d pictures have in common, of %d ms, is %j", (count, compositionTimeMs, ids) => {
    expect(judged(steady(count, compositionTimeMs))).toEqual(ids);
  });

  test("that one picture does not share is not common to all, wherever it stands", () => {
    for (const at of [0, 5, 11]) {
      const pictures = steady(12, 100).map((one, index) => (index === at ? ([one[0], 90] as const) : one));
      expect(judged(pictures)).toEqual([]);
    }
  });

  test.each<[number, number | null, FaultId[]]>([
    [0, null, []],
    [0, 0, []],
    [0, 1, ["composition-time-missing"]],
    [80, 1, ["composition-time-missing"]],
    [80, 0, ["composition-time-constant"]],
  ])("of %d ms for all pictures, with B slices and max_num_reorder_frames %j, is %j", (ms, frames, ids) => {
    expect(judged(steady(10, ms), { hasBSlices: true, maxReorderFrames: frames })).toEqual(ids);
  });

  test("of 0 without B slices is right, whatever reordering the SPS allows", () => {
    expect(judged(steady(10, 0), { maxReorderFrames: 2 })).toEqual([]);
  });
});

/** So many pictures, and one that is shown with the first. */
const again = (count: number) => [...steady(count, 0), [40 * count, -40 * count] as const];

describe("a moment of presentation that comes again", () => {
  test("is found among the last 32 pictures, and not before them", () => {
    const ids: FaultId[] = ["composition-time-negative", "presentation-time-repeated"];
    expect(judged(again(32))).toEqual(ids);
    expect(judged(again(33))).toEqual(ids.slice(0, 1));
  });

  test.each<FaultId>(["timestamp-repeated", "timestamp-backwards", "timestamp-24-bit-wrap"])(
    "is no second fault beside %s",
    (known) => {
      const pictures = [[40, 0] as const, [40, 0] as const];
      expect(judged(pictures)).toEqual(["presentation-time-repeated"]);
      expect(judged(pictures, { known: [known] })).toEqual([]);
    },
  );
});
