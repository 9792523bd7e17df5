import { expect, it } from "vitest";
import { piecesOf } from "../../src/recordings/clip.ts";

const parts = [10, 0, 60_000, 5000, 200_000, 1].map((length, at) => Buffer.alloc(length, at + 1));
const whole = Buffer.concat(parts);

it("a file in memory is sent in pieces, large parts as they are", () => {
  const pieces = [...piecesOf({ parts, bytes: whole.length })];
  expect(pieces.map(({ length }) => length)).toEqual([65_010, 200_000, 1]);
  expect(Buffer.concat(pieces).equals(whole)).toBe(true);
});

it.each([
  [0, 1],
  [9, 11],
  [59_999, 65_011],
  [10, 265_011],
  [265_010, 265_011],
  [7, 7],
])("and so are its bytes from %i to %i", (start, end) => {
  const pieces = Buffer.concat([...piecesOf({ parts, bytes: whole.length }, start, end)]);
  expect(pieces.equals(whole.subarray(start, end))).toBe(true);
});
