import { describe, expect, it } from "vitest";
import { filterOf, standingOf } from "../../src/web/filter.ts";
import { onAir } from "./server.ts";

const streams = [
  { ...onAir, name: "front-door" },
  { ...onAir, name: "Yard", state: "starting" as const },
  { ...onAir, name: "door2", state: "waiting" as const },
  { ...onAir, name: "roof", state: "degraded" as const },
  { ...onAir, name: "problem-yard", state: "on-air" as const },
  { ...onAir, name: "attic", state: "ended" as const },
];

describe("a filter", () => {
  it.each([
    ["", "front-door Yard door2 roof problem-yard attic"],
    ["  ", "front-door Yard door2 roof problem-yard attic"],
    ["door", "front-door door2"],
    ["YARD", "Yard problem-yard"],
    ["or fr", "front-door"],
    ["on air", "front-door problem-yard"],
    ["door on air", "front-door"],
    ["waiting", "Yard door2"],
    ["problem", "roof problem-yard attic"],
    ["cellar", ""],
    ["door2,roof", "door2 roof"],
    [" roof , attic,gone", "roof attic"],
    ["door,", ""],
    ["roof,", "roof"],
    ["yard,", ""],
  ])("%j shows %s", (text, shown) => {
    const names = streams.filter(filterOf(text)).map(({ name }) => name);
    expect(names.join(" ")).toBe(shown);
  });

  it("has no word for a state that it does not know", () => {
    expect(standingOf(Object.assign({ ...onAir }, { state: "later" }))).toBeNull();
  });
});
