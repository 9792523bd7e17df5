import { describe, expect, test } from "vitest";
import type { FaultId } from "../../src/check/catalogue.ts";
import { Faults } from "../../src/check/faults.ts";
import { TrackTimes } from "../../src/check/track-times.ts";
import type { TrackName } from "../../src/media/packet.ts";
import { idsIn, tagAt } from "./tag.ts";

function timed(name: TrackName, timestamps: readonly number[]) {
  const faults = new Faults();
  const times = new TrackTimes(name, faults);
  for (const timestampMs of timestamps) times.push(tagAt(timestampMs));
  return { ids: idsIn(faults), times };
}

/** So many frames, so far apart. */
function steady(count: number, stepMs: number): number[] {
  return Array.from({ length: count }, (_, index) => stepMs * index);
}

describe("a step of time", () => {
  const WRAP_MS = 2 ** 24;
  test.each<[number, FaultId[], boolean]>([
    [1, [], false],
    [0, ["timestamp-repeated"], false],
    [-1, ["timestamp-backwards"], true],
    [60_000, [], false],
    [60_001, ["timestamp-jump"], true],
    [-WRAP_MS, ["timestamp-24-bit-wrap"], true],
    [-WRAP_MS + 59_999, ["timestamp-24-bit-wrap"], true],
    [-WRAP_MS - 59_999, ["timestamp-24-bit-wrap"], true],
    [-WRAP_MS + 60_000, ["timestamp-backwards"], true],
    [-WRAP_MS - 60_000, ["timestamp-backwards"], true],
  ])("of %d ms is %j, and breaks the track: %j", (stepMs, ids, isBroken) => {
    const startMs = 20_000_000;
    const { ids: found, times } = timed("video", [startMs, startMs + stepMs]);
    expect(found).toEqual(ids);
    expect(times).toMatchObject({ isBroken, frames: 2, firstMs: startMs, lastMs: startMs + stepMs });
  });
});

describe("a gap", () => {
  test.each<[TrackName, number, number, FaultId[]]>([
    ["video", 40, 2000, []],
    ["video", 40, 2001, ["video-gap"]],
    ["video", 600, 2400, []],
    ["video", 600, 2401, ["video-gap"]],
    ["audio", 20, 150, []],
    ["audio", 20, 151, ["audio-gap"]],
    ["audio", 60, 240, []],
    ["audio", 60, 241, ["audio-gap"]],
  ])("of %s of every %d ms is, at a step of %d ms, %j", (name, stepMs, gapMs, ids) => {
    expect(timed(name, [...steady(6, stepMs), 5 * stepMs + gapMs]).ids).toEqual(ids);
  });

  test("is known by five steps, and fewer tell of none", () => {
    expect(timed("audio", [...steady(5, 20), 5000]).ids).toEqual([]);
    expect(timed("audio", [...steady(6, 20), 5000]).ids).toEqual(["audio-gap"]);
  });

  test("is not counted to the usual step", () => {
    const { times } = timed("audio", [...steady(6, 20), 5100, 5120]);
    expect(times).toMatchObject({ stepMs: 20, spanMs: 5140, isBroken: false });
  });
});

describe("a track", () => {
  test.each([
    [0, { frames: 0, firstMs: null, lastMs: null, stepMs: null, spanMs: 0 }],
    [1, { frames: 1, firstMs: 0, lastMs: 0, stepMs: null, spanMs: 0 }],
    [5, { frames: 5, firstMs: 0, lastMs: 160, stepMs: null, spanMs: 160 }],
    [6, { frames: 6, firstMs: 0, lastMs: 200, stepMs: 40, spanMs: 240 }],
  ])("of %d frames spans from the first to the last and that one's own length", (count, figures) => {
    expect(timed("video", steady(count, 40)).times).toMatchObject(figures);
  });

  test("is broken by a negative time, which is counted as no frame", () => {
    const { ids, times } = timed("audio", [-1, 0, 20]);
    expect(ids).toEqual([]); // the tag's own judge tells of it
    expect(times).toMatchObject({ isBroken: true, frames: 2, firstMs: 0 });
  });

  test("is first shown its composition time after its first decoding", () => {
    const times = new TrackTimes("video", new Faults());
    times.push(tagAt(100), 80);
    times.push(tagAt(140), 0);
    expect(times).toMatchObject({ firstMs: 100, firstShownMs: 180 });
  });
});
