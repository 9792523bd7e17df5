import { expect, test } from "vitest";
import { CodingOrder } from "../../src/timing/coding-order.ts";

/** The depth after so many pictures 40 ms apart, each with its change in milliseconds. */
function depthOf(pictures: number, changeMs: (index: number) => number): number {
  const order = new CodingOrder(0);
  for (let index = 0; index < pictures; index++) order.see((index * 40 + changeMs(index)) * 1000);
  return order.depth;
}

test("pictures with rising times, or two of one, are in order", () => {
  expect(depthOf(500, (index) => (index % 2) * -40)).toBe(0);
});

test.each([
  ["from the beginning", 0],
  ["after an encoder has been set up anew", 1000],
])("B-frames are found %s", (_, from) => {
  // coded I P B B P B B …: the P stands before the two pictures that are shown before it
  const asCoded = (index: number) =>
    index < from ? 0 : ([0, 80, -40, -40][index === from ? 0 : 1 + ((index - from - 1) % 3)] ?? 0);
  expect(depthOf(from + 20, asCoded)).toBe(1);
});

test.each([
  ["a picture's time is damaged, once", (index: number) => (index === 300 ? 1400 : 0)],
  ["a picture's time is damaged every five seconds", (index: number) => (index % 125 === 100 ? 1400 : 0)],
  ["a picture's time is far too early", (index: number) => (index === 300 ? -1e7 : 0)],
  ["the clock is set back", (index: number) => (index >= 300 ? -3_600_000 : 0)],
])("it is no B-frame when %s", (_, changeMs) => {
  expect(depthOf(600, changeMs)).toBe(0);
});

test("the depth is the number of pictures that are coded before one that is shown before them all", () => {
  const order = new CodingOrder(0);
  // x264's pyramid: I0 P4 B2 b1 b3
  expect([0, 160, 80, 40, 120].map((ms) => order.see(ms * 1000))).toEqual([false, false, true, true, false]);
  expect(order.depth).toBe(2);
});

test("a depth that is told is not found again, and none is greater than 16", () => {
  const order = new CodingOrder(1);
  expect([0, 80, 40, 160, 120].some((ms) => order.see(ms * 1000))).toBe(false);
  order.expect(99);
  order.expect(2);
  expect(order.depth).toBe(16);
});
