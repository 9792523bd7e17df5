import { describe, expect, test } from "vitest";
import { Faults } from "../../src/check/faults.ts";
import type { Finding } from "../../src/check/finding.ts";
import { Stalls } from "../../src/check/stalls.ts";
import { tagAt } from "./tag.ts";

/** Tags that came then; the watching ended then. */
function judged(arrivals: readonly (number | null)[], endMs: number | null = null): readonly Finding[] {
  const faults = new Faults();
  const stalls = new Stalls(faults);
  for (const [index, arrivalMs] of arrivals.entries())
    stalls.push(tagAt(0, { arrivalMs, number: index + 1 }));
  stalls.end(endMs);
  return faults.all();
}

describe("silence", () => {
  test.each([
    [2000, []],
    [2001, [{ id: "stall", detail: "2001 ms", first: { tag: 2 } }]],
  ])("of %d ms between two tags is %j", (silentMs, findings) => {
    expect(judged([100, 100 + silentMs])).toMatchObject(findings);
  });

  test.each([
    [2000, []],
    [2001, [{ id: "stall", detail: "2001 ms", first: null }]],
  ])("of %d ms before the watching ends is %j", (silentMs, findings) => {
    expect(judged([100], 100 + silentMs)).toMatchObject(findings);
  });

  test("of two seconds is not counted beside a longer one", () => {
    expect(judged([0, 2000, 5000])).toMatchObject([{ detail: "3000 ms" }]);
  });

  test("is told of once, at the longest", () => {
    expect(judged([0, 2500, 6000, 9000], 9500)).toMatchObject([
      { detail: "3500 ms, the longest of 3", first: { tag: 3 }, worst: { value: 3500, unit: "ms" } },
    ]);
  });

  test("at the end of the watching may be the longest: no tag ended it", () => {
    expect(judged([0, 2500, 3000], 9000)).toMatchObject([
      { detail: "6000 ms, the longest of 2", first: null, worst: { value: 6000, unit: "ms" } },
    ]);
  });

  test.each([
    ["before the first tag", [5000, 5010], 5020],
    ["at the end of a stream that ends", [0, 10], null],
    ["of a file, whose bytes have no arrival", [null, null], 9000],
    ["of a stream without tags", [], 9000],
  ])("%s is none", (_, arrivals, endMs) => {
    expect(judged(arrivals, endMs)).toEqual([]);
  });
});
