import { expect, test } from "vitest";
import { nearest } from "../src/suggest.ts";

const words = ["start", "status", "stop", "restart", "logs", "snapshot", "size", "fps"];

test.each([
  ["strat", "start"], // two letters swapped
  ["sttaus", "status"],
  ["snaphsto", "snapshot"],
  ["snap", "snapshot"],
  ["log", "logs"],
  ["fsp", "fps"],
  ["sise", "size"],
])("%s was probably meant to be %s", (typed, meant) => {
  expect(nearest(typed, words)).toBe(meant);
});

test.each(["st", "s", "show", "play", "list", "x", "", "record"])(
  "%j is near to none, or to several",
  (typed) => {
    expect(nearest(typed, words)).toBeNull();
  },
);
