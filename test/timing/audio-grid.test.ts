import { describe, expect, it } from "vitest";
import { AudioGrid } from "../../src/timing/audio-grid.ts";

const FRAME_US = 40_000;

/** A grid whose first frame was at zero. */
function begun(): AudioGrid {
  const grid = new AudioGrid();
  grid.snap(0, FRAME_US);
  return grid;
}

/** All places that are free up to this moment. */
function takeAll(grid: AudioGrid, untilUs: number): number[] {
  const taken: number[] = [];
  for (let atUs = grid.take(untilUs); atUs !== null; atUs = grid.take(untilUs)) taken.push(atUs);
  return taken;
}

describe("an AAC frame", () => {
  it.each([
    ["10 ms late is on the count", 50_000, 40_000],
    ["more than 10 ms late has jumped", 50_001, 50_001],
    ["10 ms early is on the count", 30_000, 40_000],
    ["more than 10 ms early has jumped", 29_999, 29_999],
    ["that jumps back to the middle of the last one has a place", 20_000, 20_000],
    ["that jumps back before the middle of the last one has none", 19_999, null],
  ])("that is %s", (_, timeUs, placeUs) => {
    expect(begun().snap(timeUs, FRAME_US)).toBe(placeUs);
  });

  it("of another length begins a count of its own", () => {
    const grid = begun();
    expect([41_000, 62_000].map((timeUs) => grid.snap(timeUs, 20_000))).toEqual([41_000, 61_000]);
  });
});

describe("the places of frames that do not come", () => {
  it("are none before the first frame", () => {
    const grid = new AudioGrid();
    grid.skipTo(1e6);
    grid.resume(1e6, FRAME_US);
    expect([grid.nextUs, grid.take(1e6)]).toEqual([null, null]);
    grid.begin(7000, FRAME_US);
    expect([grid.nextUs, grid.take(87_000)]).toEqual([47_000, 47_000]);
  });

  it.each([
    [79_999, []],
    [80_000, [40_000]],
    [119_999, [40_000]],
    [120_000, [40_000, 80_000]],
  ])("up to %i us are those that end by then", (untilUs, places) => {
    const grid = begun();
    expect(takeAll(grid, untilUs)).toEqual(places);
    expect(grid.nextUs).toBe((places.length + 1) * FRAME_US);
  });

  it("are taken: the next frame is counted from them", () => {
    const grid = begun();
    takeAll(grid, 200_000);
    expect(grid.snap(209_000, FRAME_US)).toBe(200_000);
  });

  it.each([
    [10e6, 9.96e6],
    [10e6 + FRAME_US - 1, 9.96e6],
    [10e6 + FRAME_US, 10e6],
  ])("are left out but for the last that ends by %i us", (untilUs, lastUs) => {
    const grid = begun();
    grid.skipTo(untilUs);
    expect(takeAll(grid, untilUs)).toEqual([lastUs]);
  });
});

describe("sound that begins again", () => {
  it("is put on the nearest multiple, and may jitter around where it began", () => {
    const grid = begun();
    grid.resume(417_000, FRAME_US);
    expect([417_000, 467_000, 487_000].map((timeUs) => grid.snap(timeUs, FRAME_US))).toEqual([
      400_000, 440_000, 480_000,
    ]);
    expect(grid.snap(547_001, FRAME_US)).toBe(547_001);
  });

  it("with frames of another length is not", () => {
    const grid = begun();
    grid.resume(417_000, 20_000);
    expect(grid.snap(417_000, 20_000)).toBe(417_000);
  });
});
