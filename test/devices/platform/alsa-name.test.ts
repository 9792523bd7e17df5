import fc from "fast-check";
import { expect, it } from "vitest";
import { parseAlsaName } from "../../../src/devices/platform/alsa-name.ts";

it.each([
  ["hw:1", { card: "1", device: 0 }],
  ["plughw:1,2", { card: "1", device: 2 }],
  ["dsnoop:1,2,0", { card: "1", device: 2 }],
  ["plughw:CARD=C920,DEV=1", { card: "C920", device: 1 }],
  ["hw:C920", { card: "C920", device: 0 }],
  ["default", null],
  ["hw:", null],
  ["hw:../1,0", null],
  ["hw:1,x", null],
  ["hw:1,x7", null],
  ["hw:1,7x", null],
  ["hw:1,1234", null],
  ["x y:1", null],
  ["hw:a b", null],
])("the ALSA name %s leads to %j", (name, leadsTo) => {
  expect(parseAlsaName(name)).toEqual(leadsTo);
});

it("no name makes a path of more than a card and a number", () => {
  fc.assert(
    fc.property(fc.string(), (rest) => {
      expect(parseAlsaName(`hw:${rest}`)?.card ?? "none").toMatch(/^[\w-]+$/);
    }),
  );
});
