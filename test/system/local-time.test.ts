import { expect, test } from "vitest";
import { localTime, spanText } from "../../src/system/local-time.ts";

test("a time is the reader's, to the second", () => {
  expect(localTime(new Date(2026, 0, 2, 3, 4, 5, 678).getTime())).toBe("2026-01-02 03:04:05");
});

test.each([
  [-5000, "0 s"],
  [59_400, "59 s"],
  [60_000, "1 min"],
  [12 * 60_000, "12 min"],
  [125 * 60_000, "2 h 5 min"],
  [76 * 3_600_000, "3 d 4 h"],
])("%i ms are %s", (spanMs, text) => {
  expect(spanText(spanMs)).toBe(text);
});
