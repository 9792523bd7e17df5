import { describe, expect, test } from "vitest";
import {
  FAILURES_WINDOW_MS,
  MADE_WORDS,
  MAX_ADDRESSES,
  MAX_FAILURES,
  MIN_TOKEN_LENGTH,
} from "../../src/auth/limits.ts";
import { Failures } from "../../src/auth/rate-limit.ts";
import { words } from "../../src/auth/words.ts";

const YEAR_MS = 365.25 * 86_400_000;

/** Until half of all tokens have been tried. */
const years = (tokens: number, guessesPerMs: number) => tokens / 2 / guessesPerMs / YEAR_MS;

const perAddress = MAX_FAILURES / FAILURES_WINDOW_MS;
const made = words.length ** MADE_WORDS;
/** Letters and digits, as password generators choose them. */
const chosen = 36 ** MIN_TOKEN_LENGTH;

test("the words are EFF's: 1,296, all different, of three to five letters", () => {
  expect(new Set(words).size).toBe(1296);
  expect(words.filter((word) => !/^[a-z]{3,5}$/.test(word))).toEqual(["yo-yo"]);
  expect(Math.log2(made)).toBeCloseTo(51.7, 1);
});

test("an address gets no more guesses than its bound, however long it goes on", () => {
  const failures = new Failures();
  let guesses = 0;
  const hours = 3;
  for (let nowMs = 0; nowMs < hours * 3_600_000; nowMs += 100) {
    if (failures.waitMs("192.0.2.7", nowMs) > 0) continue;
    failures.count("192.0.2.7", nowMs);
    guesses += 1;
  }
  expect(guesses).toBeLessThanOrEqual(perAddress * hours * 3_600_000);
});

describe("guessing takes", () => {
  test.each([
    ["a made token, from one address", made, perAddress, 300_000_000],
    ["a made token, from as many addresses as are remembered", made, perAddress * MAX_ADDRESSES, 30_000],
    ["a made token, at 100,000 guesses a second, more than a server answers", made, 100, 500],
    ["a random one of 8 characters, from one address", chosen, perAddress, 250_000],
    ["a random one of 8 characters, from as many as are remembered", chosen, perAddress * MAX_ADDRESSES, 25],
  ])("%s: years", (_which, tokens, guessesPerMs, atLeast) => {
    expect(years(tokens, guessesPerMs)).toBeGreaterThan(atLeast);
  });
});
