import { describe, expect, it } from "vitest";
import { expired, freeing, wantedFreeBytes } from "../../src/recordings/retention.ts";
import type { Segment } from "../../src/recordings/segment.ts";
import { MINUTE_MS, START_MS, segmentAt, segmentsAt } from "./some-segments.ts";

const minutes = (segments: readonly Segment[]) =>
  segments.map(({ startMs }) => (startMs - START_MS) / MINUTE_MS);
const nowMs = START_MS + 10 * MINUTE_MS;

describe("what goes by age and by size", () => {
  it.each([
    ["nothing where neither is limited", null, null, []],
    ["what ended before", 5 * MINUTE_MS, null, [0, 1, 2, 3]],
    ["nothing that is younger", 20 * MINUTE_MS, null, []],
    ["the oldest beyond the size", null, 7_000_000, [0, 1, 2]],
    ["a whole one, though less would do", null, 9_500_000, [0]],
    ["nothing within the size", null, 10_000_000, []],
    ["what either limit says", 9 * MINUTE_MS, 9_500_000, [0]],
    ["all but the one in work", 1, 1_000_000, [0, 1, 2, 3, 4, 5, 6, 7, 8]],
  ])("%s", (_, keepMs, maxBytes, gone) => {
    const segments = [...segmentsAt(0, 1, 2, 3, 4, 5, 6, 7, 8), segmentAt(9, { state: "recording" })];
    expect(minutes(expired(segments, { keepMs, maxBytes }, nowMs))).toEqual(gone);
  });
});

describe("what goes where the disk is too full", () => {
  const streams = [
    { stream: "loud", segments: [0, 1, 2, 3].map((minute) => segmentAt(minute, { bytes: 10_000_000 })) },
    { stream: "quiet", segments: segmentsAt(-5, -4, -3) },
    { stream: "none", segments: [] },
  ];
  const gone = (bytes: number) =>
    freeing(streams, bytes).map(({ stream, segment }) => `${stream} ${minutes([segment])[0]}`);

  it.each([
    [0, []],
    [1, ["loud 0"]],
    [15_000_000, ["loud 0", "loud 1"]],
    [30_500_000, ["loud 0", "loud 1", "loud 2", "loud 3"]],
    [40_500_000, ["loud 0", "loud 1", "loud 2", "loud 3", "quiet -5"]],
    [1e12, ["loud 0", "loud 1", "loud 2", "loud 3", "quiet -5", "quiet -4", "quiet -3"]],
  ])("%d bytes: the loud stream pays first, with its oldest", (bytes, expected) => {
    expect(gone(bytes)).toEqual(expected);
  });

  it("streams that have as much take turns", () => {
    const two = ["a", "b"].map((stream) => ({ stream, segments: segmentsAt(0, 1, 2) }));
    expect(freeing(two, 4_000_000).map(({ stream }) => stream)).toEqual(["a", "b", "a", "b"]);
  });
});

it.each([
  [null, 10_000_000_000, 1_000_000_000],
  [null, 1_000_000_000_000, 50_000_000_000],
  [{ bytes: 3 }, 10, 3],
  [{ percent: 10 }, 1000, 100],
])("%j of %d leaves %d free", (keepFree, totalBytes, wanted) => {
  expect(wantedFreeBytes(keepFree, { totalBytes, freeBytes: 0 })).toBe(wanted);
});
