import { describe, expect, test } from "vitest";
import type { FaultId } from "../../src/check/catalogue.ts";
import { Faults } from "../../src/check/faults.ts";
import { Interleaving } from "../../src/check/interleaving.ts";
import { TrackTimes } from "../../src/check/track-times.ts";
import type { TrackName } from "../../src/media/packet.ts";
import { idsIn, tagAt } from "./tag.ts";

type Frames = readonly (readonly [track: TrackName, timestampMs: number, compositionTimeMs?: number])[];

/** As a live stream, or as a file. */
function judged(frames: Frames, isFile = false): FaultId[] {
  const faults = new Faults();
  const times = {
    video: new TrackTimes("video", new Faults()),
    audio: new TrackTimes("audio", new Faults()),
  };
  const interleaving = new Interleaving(times.video, times.audio, faults);
  for (const [track, timestampMs, compositionTimeMs = 0] of frames) {
    times[track].push(tagAt(timestampMs), compositionTimeMs);
    interleaving.push(tagAt(timestampMs), times[track]);
  }
  interleaving.end(isFile);
  return idsIn(faults);
}

const other = { video: "audio", audio: "video" } as const;

describe.each<TrackName>(["video", "audio"])("%s", (track) => {
  test.each<[number, FaultId[]]>([
    [1000, []],
    [1001, ["interleave-gap"]],
  ])("that stands behind the other track's frame of %d ms later is %j", (skewMs, ids) => {
    const frames: Frames = [
      [track, 0],
      [other[track], 0],
      [other[track], 20 + skewMs],
      [track, 20],
    ];
    expect(judged(frames)).toEqual(ids);
  });

  test.each<[number, FaultId[]]>([
    [1000, []],
    [1001, ["start-offset"]],
  ])("that begins %d ms after the other track is %j", (offsetMs, ids) => {
    const frames: Frames = [
      [other[track], 0],
      [track, offsetMs],
      [other[track], offsetMs],
    ];
    expect(judged(frames)).toEqual(ids);
  });

  test.each<[number, boolean, FaultId[]]>([
    [3000, false, []],
    [3001, false, [`${track}-stops`]],
    [3000, true, []],
    [3001, true, ["tracks-end-apart"]],
  ])("that ends %d ms before the other, in a file: %j, is %j", (byMs, isFile, ids) => {
    const frames: Frames = [
      [track, 0],
      [other[track], 0],
      [other[track], byMs],
    ];
    expect(judged(frames, isFile)).toEqual(ids);
  });

  test.each<[number, FaultId[]]>([
    [4500, []],
    [4501, [`${track}-stops`]],
  ])("of a frame in 1500 ms that ends %d ms before the other is %j", (byMs, ids) => {
    const slow = Array.from({ length: 6 }, (_, index) => [track, 1500 * index] as const);
    expect(judged([[other[track], 0], ...slow, [other[track], 7500 + byMs]])).toEqual(ids);
  });

  test("alone has nothing to stand to", () => {
    const frames: Frames = [
      [track, 0],
      [track, 9000],
    ];
    expect(judged(frames)).toEqual([]);
  });

  test.each([
    ["falls", 8000],
    ["jumps", 200_000],
    ["is negative", -1],
  ])("whose time %s says nothing about the other", (_, timestampMs) => {
    const frames: Frames = [
      [track, 9000],
      [track, timestampMs],
      [other[track], 0],
      [other[track], 20],
    ];
    expect(judged(frames)).toEqual([]);
  });
});

test("the beginning is that of what is shown, and judged once", () => {
  const early: Frames = [
    ["video", 0, 1500],
    ["audio", 1500],
  ];
  expect(judged(early)).toEqual([]);
  const late: Frames = [
    ["video", 0, 1500],
    ["audio", 400],
    ["audio", 1500],
  ];
  expect(judged(late)).toEqual(["start-offset"]);
});
