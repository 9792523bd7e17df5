import { expect, it } from "vitest";
import { RecentLows } from "../../src/web/recent-lows.ts";

it("knows nothing before the first value, then the lowest of the only span", () => {
  const lows = new RecentLows(1000, 3);
  expect(lows.value).toBe(Number.POSITIVE_INFINITY);
  lows.add(30);
  lows.add(20);
  lows.add(25);
  expect(lows.value).toBe(20);
});

it.each([
  ["does not count a low of one span alone", [20, 5, 20], 20],
  ["counts a low that happens again", [5, 20, 5], 5],
  ["forgets what is older than its spans", [5, 5, 20, 20], 20],
])("%s", (_, values, expected) => {
  const lows = new RecentLows(1000, 3);
  for (const [span, value] of values.entries()) {
    if (span > 0) lows.pass(1000);
    lows.add(value);
  }
  expect(lows.value).toBe(expected);
});

it("knows nothing after it was cleared", () => {
  const lows = new RecentLows(1000, 3);
  lows.add(5);
  lows.pass(1000);
  lows.clear();
  expect(lows.value).toBe(Number.POSITIVE_INFINITY);
});
