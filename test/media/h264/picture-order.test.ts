import { expect, test } from "vitest";
import { PictureOrder, ReorderedPicturesError } from "../../../src/media/h264/picture-order.ts";

/** Feeds so many pictures 40 ms apart, each with its change in milliseconds. */
function feed(pictures: number, changeMs: (index: number) => number): () => void {
  return () => {
    const order = new PictureOrder();
    for (let index = 0; index < pictures; index++) order.check((index * 40 + changeMs(index)) * 1000);
  };
}

test("pictures with rising times, or two of one, are in order", () => {
  expect(feed(500, (index) => (index % 2) * -40)).not.toThrow();
});

test.each([
  ["from the beginning", 0],
  ["after an encoder has been set up anew", 1000],
])("B-frames are found %s", (_, from) => {
  expect(feed(from, () => 0)).not.toThrow();
  // coded I P B B P B B …: the P stands before the two pictures that are shown before it
  const asCoded = (index: number) =>
    index < from ? 0 : ([0, 80, -40, -40][index === from ? 0 : 1 + ((index - from - 1) % 3)] ?? 0);
  expect(feed(from + 20, asCoded)).toThrow(ReorderedPicturesError);
});

test.each([
  ["a picture's time is damaged, once", (index: number) => (index === 300 ? 1400 : 0)],
  ["a picture's time is damaged every five seconds", (index: number) => (index % 125 === 100 ? 1400 : 0)],
  ["a picture's time is far too early", (index: number) => (index === 300 ? -1e7 : 0)],
  ["the clock is set back", (index: number) => (index >= 300 ? -3_600_000 : 0)],
])("it is no B-frame when %s", (_, changeMs) => {
  expect(feed(600, changeMs)).not.toThrow();
});
