import { describe, expect, it } from "vitest";
import { commonAspect, layoutFor } from "../../src/web/grid-layout.ts";
import { onAir } from "./server.ts";

/** What is left of a window below the head. */
const areas = {
  phone: { width: 360, height: 740, gap: 10 },
  "phone, sideways": { width: 810, height: 320, gap: 10 },
  tablet: { width: 730, height: 950, gap: 10 },
  laptop: { width: 1336, height: 692, gap: 12 },
  wall: { width: 1880, height: 1000, gap: 15 },
};
const most = (columns: number) => [columns, "scrolled"];

describe("the columns of the grid", () => {
  it.each([
    ["phone", [1, "fits"], most(1), most(1), most(1)],
    ["phone, sideways", [1, "fits"], most(2), most(2), most(2)],
    ["tablet", [1, "fits"], [1, "fits"], [2, "fits"], [3, "fits"]],
    ["laptop", [1, "fits"], [2, "fits"], [3, "fits"], [4, "fits"]],
    ["wall", [1, "fits"], [2, "fits"], [3, "fits"], [4, "fits"]],
  ] as const)("on a %s, with 1, 4, 9 and 16 streams", (name, ...wanted) => {
    const found = [1, 4, 9, 16].map((count) => {
      const { columns, tileWidth } = layoutFor(count, areas[name], 16 / 9);
      return [columns, tileWidth === null ? "scrolled" : "fits"];
    });
    expect(found).toEqual(wanted);
  });

  it.each([
    [2, 2],
    [3, 2],
    [5, 3],
    [6, 3],
    [7, 3],
    [10, 4],
    [12, 4],
    [17, 5],
    [25, 5],
  ])("on a wall, with %i streams: %i", (count, columns) => {
    expect(layoutFor(count, areas.wall, 16 / 9).columns).toBe(columns);
  });

  it("never leave the window where they fit", () => {
    for (const { width, height, gap } of Object.values(areas))
      for (let count = 0; count <= 40; count++) {
        const { columns, tileWidth } = layoutFor(count, { width, height, gap }, 4 / 3);
        const rows = Math.ceil(count / columns);
        expect(columns).toBeGreaterThan(0);
        if (tileWidth === null) continue;
        expect(columns * (tileWidth + gap) - gap).toBeLessThan(width + 0.01);
        expect((rows * tileWidth * 3) / 4 + (rows - 1) * gap).toBeLessThan(height + 0.01);
      }
  });
});

it.each([
  [[], 16 / 9],
  [[null], 16 / 9],
  [["1280x720", "640x480", "320x180"], 16 / 9],
  [["640x480", "1280x960", "1280x720"], 1.33],
  [["1366x768"], 16 / 9],
  [["720x1280", "720x1280", "640x480"], 1.33],
  [["0x0"], 16 / 9],
])("tiles for videos of %j are %f wide where they are 1 high", (sizes, aspect) => {
  expect(commonAspect(sizes.map((size) => ({ ...onAir, size })))).toBe(aspect);
});
