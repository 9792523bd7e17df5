import { expect, it } from "vitest";
import { RetryDelay } from "../../src/web/retry-delay.ts";

const middle = () => 0.5;

it("grows with each connection that fails, up to 15 s", () => {
  const delay = new RetryDelay(middle);
  const delays = Array.from({ length: 8 }, () => delay.after(0));
  expect(delays).toEqual([300, 600, 1200, 2400, 4800, 9600, 15_000, 15_000]);
});

it("begins again after a connection that held for ten seconds, and when something has changed", () => {
  const delay = new RetryDelay(middle);
  delay.after(0);
  delay.after(0);
  expect(delay.after(10_000)).toBe(300);
  delay.reset();
  expect(delay.after(0)).toBe(300);
});

it("spreads the viewers of a server that is back over as much time again", () => {
  expect(new RetryDelay(() => 0).after(0)).toBe(150);
  expect(new RetryDelay(() => 0.999).after(0)).toBe(450);
});
