import { expect, it } from "vitest";
import { textImage } from "../../src/devices/pixel-font.ts";

/** The image as text art: # is white. */
function drawn(uri: string): readonly string[] {
  const [, base64 = ""] = uri.split(",");
  const image = Buffer.from(base64, "base64");
  const [magic, size, rest] = [0, 1, 2].map((line) => image.toString("latin1").split("\n")[line] ?? "");
  expect([magic, rest === undefined]).toEqual(["P4", false]);
  const [width = 0, height = 0] = (size ?? "").split(" ").map(Number);
  const rows = image.subarray(`P4\n${size}\n`.length);
  const rowBytes = Math.ceil(width / 8);
  expect(rows).toHaveLength(rowBytes * height);
  return Array.from({ length: height }, (_, y) =>
    Array.from({ length: width }, (__, x) =>
      ((rows[y * rowBytes + (x >> 3)] ?? 0) >> (7 - (x & 7))) & 1 ? "." : "#",
    ).join(""),
  );
}

it("draws text white on black, a cell of 6 by 8 each", () => {
  expect(drawn(textImage(["1:"]))).toEqual([
    "..#.........",
    ".##.....#...",
    "..#.....#...",
    "..#.........",
    "..#.....#...",
    "..#.....#...",
    ".###........",
    "............",
  ]);
});

it("draws lines below each other, with nothing where a line is shorter or has no glyph", () => {
  const rows = drawn(textImage(["1 1", "ä"]));
  expect(rows).toHaveLength(16);
  expect(rows[0]).toBe("..#...........#...");
  expect(rows.slice(8).join("")).not.toContain("#");
});
