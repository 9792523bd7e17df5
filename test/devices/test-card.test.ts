import { describe, expect, it } from "vitest";
import { testCard } from "../../src/devices/test-card.ts";
import { layOut } from "../../src/devices/test-card-layout.ts";

const sizes = [
  [1280, 720],
  [1920, 1080],
  [640, 360],
  [720, 1280],
  [320, 240],
  [160, 120],
  [33, 17],
  [7680, 4320],
  [4000, 100],
  [100, 4000],
] as const;

describe.each(sizes)("the test card at %i x %i", (width, height) => {
  const layout = layOut({ width, height, fps: 30 });

  it("is laid out in even pixels, as 4:2:0 video needs it", () => {
    const numbers = JSON.stringify({ ...layout, label: { ...layout.label, text: "", scale: 2 } })
      .replaceAll(/"(colour|scale)":"?\w+"?/g, "")
      .match(/-?[\d.]+/g);
    expect(numbers?.filter((number) => Number(number) % 2 !== 0)).toEqual([]);
    expect(numbers?.filter((number) => Number(number) < 0)).toEqual([]);
  });

  it("has room for every line, one below the other", () => {
    const { label, mark, clock, counter, box } = layout;
    const ends = [label, mark, clock, counter, box].map((part) => [part.y, part.y + part.height] as const);
    for (const [at, [start]] of ends.slice(1).entries())
      expect(start).toBeGreaterThanOrEqual(ends[at]?.[1] ?? 0);
    expect(ends.at(-1)?.[1]).toBeLessThanOrEqual(layout.height);
    expect(clock.x + 8 * 6 * clock.scale).toBeLessThanOrEqual(layout.width);
    expect(label.text.length * 6 * label.scale).toBeLessThanOrEqual(layout.width - label.x);
  });

  it("cuts nothing of no height or width", () => {
    const graph = testCard({ width, height, fps: 30 });
    expect(graph).not.toMatch(/crop=(0:|-|\d+:0:|\d+:-)/);
    expect(graph).toContain(`scale=${width}:${height}:flags=neighbor`);
  });
});

it("the test card is enlarged by a whole number at the usual sizes", () => {
  expect(layOut({ width: 1280, height: 720, fps: 30 })).toMatchObject({ width: 320, height: 180 });
  expect(layOut({ width: 1920, height: 1080, fps: 30 })).toMatchObject({ width: 320, height: 180 });
});
