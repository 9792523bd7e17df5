import { expect, it } from "vitest";
import { FrameRate } from "../../src/timing/frame-rate.ts";

const every = (fps: number, count: number, fromUs = 0) =>
  Array.from({ length: count }, (_, n) => fromUs + ((n + 1) * 1e6) / fps);

function told(times: readonly number[], named: number | null = null): readonly number[] {
  const rate = new FrameRate(named);
  return times.flatMap((timeUs) => rate.saw(timeUs) ?? []);
}

it.each([0.1, 5, 12.5, 59.9])("%d frames a second are told once", (fps) => {
  expect(told(every(fps, 200))).toEqual([fps]);
});

it("a rate that a camera names is told where it is another", () => {
  expect(told(every(25, 50), 25)).toEqual([]);
  expect(told(every(15, 50), 25)).toEqual([15]);
});

it("the time in which a camera was away is not measured", () => {
  const rate = new FrameRate(25);
  const before = every(25, 5).map((timeUs) => rate.saw(timeUs));
  rate.breaks();
  const after = every(25, 50, 60e6).map((timeUs) => rate.saw(timeUs));
  expect([...before, ...after].every((fps) => fps === null)).toBe(true);
});

it("a camera that slows down in the dark is told again", () => {
  expect(told([...every(25, 50), ...every(5, 50, 2e6)]).at(-1)).toBe(5);
});

it("jitter is no other rate, and frames of one moment are none", () => {
  expect(told(every(25, 200).map((us, n) => us + (n % 7) * 5000))).toHaveLength(1);
  expect(told(Array.from({ length: 50 }, () => 1e6))).toEqual([]);
});
