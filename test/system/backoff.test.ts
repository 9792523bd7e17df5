import { expect, it } from "vitest";
import { Backoff } from "../../src/system/backoff.ts";

const delays = (backoff: Backoff, ...ranMs: readonly number[]) => ranMs.map((ms) => backoff.failed(ms));

it("waits half a second, then twice as long each time, and never more than fifteen seconds", () => {
  expect(delays(new Backoff(() => 0.5), 0, 0, 0, 0, 0, 0, 0)).toEqual([
    500, 1000, 2000, 4000, 8000, 15_000, 15_000,
  ]);
});

it("starts over after a healthy minute", () => {
  expect(delays(new Backoff(() => 0.5), 0, 0, 59_999, 60_000, 0)).toEqual([500, 1000, 2000, 500, 1000]);
});

it("waits a fifth longer or shorter, so that what failed together does not come back together", () => {
  expect(delays(new Backoff(() => 0), 0, 0)).toEqual([400, 800]);
  expect(delays(new Backoff(() => 1), 0, 0)).toEqual([600, 1200]);
});

it("does not overflow in months of failures", () => {
  const backoff = new Backoff(() => 0.5);
  for (let failure = 0; failure < 100_000; failure++) backoff.failed(0);
  expect(backoff.failed(0)).toBe(15_000);
});
