import { describe, expect, it } from "vitest";
import { movedBy, nextAfter, placeFor } from "../../../src/web/recordings/playing-order.ts";
import { lastBegunAt, placeAt, readRecordings, runsOf } from "../../../src/web/recordings/segments.ts";
import { segment } from "./segment.ts";

/** Ten seconds, ten more right behind them, a gap of a minute, and ten again. */
const three = [segment(0, 10_000), segment(10_000, 10_000), segment(80_000, 10_000)];

describe("what plays at a moment", () => {
  it.each([
    [0, "s0", 0, 0],
    [9999, "s0", 9999, 0],
    [10_000, "s10000", 0, 0],
    [20_000, "s80000", 0, 60_000],
    [79_000, "s80000", 0, 1000],
    [85_000, "s80000", 5000, 0],
    [-500, "s0", 0, 500],
  ])("%d: %s, %d ms in it, after a hole of %d ms", (atMs, id, offsetMs, skippedMs) => {
    expect(placeAt(three, atMs)).toMatchObject({ segment: { id }, offsetMs, skippedMs });
  });

  it("is nothing after the last segment; a viewer sees the end of that one", () => {
    expect(placeAt(three, 90_000)).toBeNull();
    expect(placeFor(three, 95_000)).toMatchObject({ segment: { id: "s80000" }, offsetMs: 9000 });
    expect(placeFor([], 0)).toBeNull();
  });

  it("is found among ten thousand as a search from the front would", () => {
    const many = Array.from({ length: 10_000 }, (_, at) => segment(at * 1000, 900));
    for (const atMs of [-1, 0, 1, 999, 1000, 5_000_123, 9_999_000, 20_000_000])
      expect(lastBegunAt(many, atMs)).toBe(many.findLastIndex(({ startMs }) => startMs <= atMs));
  });
});

describe("runs", () => {
  it("have segments with less than a second between them in one", () => {
    expect(runsOf(three)).toEqual([
      { startMs: 0, endMs: 20_000 },
      { startMs: 80_000, endMs: 90_000 },
    ]);
    expect(runsOf([segment(0, 1000), segment(1999, 10)])).toHaveLength(1);
    expect(runsOf([segment(0, 1000), segment(2000, 10)])).toHaveLength(2);
  });

  it("end where the last of overlapping segments ends, as after a step of the clock", () => {
    expect(runsOf([segment(0, 5000), segment(3000, 1000)])).toEqual([{ startMs: 0, endMs: 5000 }]);
  });
});

describe("what is played next", () => {
  it.each([
    [0, "s10000", 0],
    [1, "s80000", 60_000],
  ])("after segment %d is %s, over a hole of %d ms", (at, id, skippedMs) => {
    const current = three[at] ?? segment(0, 0);
    expect(nextAfter(three, current, current.durationMs)).toEqual({
      segment: expect.objectContaining({ id }),
      offsetMs: 0,
      skippedMs,
    });
  });

  it("is nothing after the last", () => expect(nextAfter(three, segment(80_000, 10_000), 10_000)).toBeNull());

  it.each([
    ["recording", 19_000, false],
    ["recording", 20_000, true],
    ["done", 10_500, false],
    ["done", 11_000, true],
  ] as const)(
    "is more of the one that was being written: now %s and %d ms long: %s",
    (state, durationMs, isMore) => {
      const loaded = segment(0, 10_000, { state: "recording" });
      const next = nextAfter([segment(0, durationMs, { state })], loaded, 10_000);
      expect(next === null ? null : [next.segment.durationMs, next.offsetMs]).toEqual(
        isMore ? [durationMs, 10_000] : null,
      );
    },
  );

  it("is the segment behind one that was deleted meanwhile", () => {
    expect(nextAfter(three.slice(1), segment(0, 10_000), 10_000)?.segment.id).toBe("s10000");
  });
});

describe("back and forward", () => {
  it.each([
    ["within a segment", 5000, 2000, 7000],
    ["over the border of two", 9000, 5000, 14_000],
    ["back over it", 12_000, -5000, 7000],
    ["over a gap", 18_000, 5000, 83_000],
    ["back over a gap", 82_000, -5000, 17_000],
    ["no further than the start", 3000, -5000, 0],
    ["no further than the end", 88_000, 5000, 90_000],
    ["from within a gap", 50_000, 1000, 81_000],
    ["back from within a gap", 50_000, -1000, 19_000],
  ])("%s: from %d by %d to %d", (_, atMs, byMs, toMs) => expect(movedBy(three, atMs, byMs)).toBe(toMs));

  it("stay where nothing is recorded", () => {
    expect(movedBy([], 7, 5000)).toBe(7);
    expect(movedBy([], 7, -5000)).toBe(7);
  });
});

describe("the API's list", () => {
  it("is read in the order of time, without what is no segment", () => {
    const read = readRecordings({ isRecording: true, segments: [three[2], { id: 5 }, three[0], null] });
    expect(read).toEqual({ isRecording: true, segments: [three[0], three[2]] });
  });

  it.each([[null], [[]], ["x"], [{}], [{ segments: {} }]])("is not %j", (json) =>
    expect(readRecordings(json)).toBeNull(),
  );
});
