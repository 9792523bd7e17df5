import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { joinAnnexB, splitAnnexB } from "../../../src/media/h264/annexb.ts";
import { bytes, fixture, hex, isResultOrCorrupt } from "../fixture.ts";

describe("an Annex B byte stream", () => {
  test.each([
    ["one unit", "00000109f0", ["09f0"]],
    [
      "start codes of three and four bytes",
      "0000000109f0 000001 6701 00000001 6802",
      ["09f0", "6701", "6802"],
    ],
    ["trailing zeros", "000001 6701 000000 000001 6802 0000", ["6701", "6802"]],
    ["an empty unit", "000001 000001 6802", ["6802"]],
    ["emulation prevention", "000001 41 000003 01", ["4100000301"]],
    ["nothing", "", []],
  ])("with %s is split into its units", (_, stream, units) => {
    expect(splitAnnexB(bytes(stream)).map(hex)).toEqual(units);
  });

  test("is made of units that it is split into again", () => {
    const units = ["6701", "6802", "6588"];
    const stream = joinAnnexB(units.map(bytes));
    expect(hex(stream)).toBe(
      ["00000001 6701", "00000001 6802", "00000001 6588"].join("").replaceAll(" ", ""),
    );
    expect(splitAnnexB(stream).map(hex)).toEqual(units);
  });

  test.each([
    ["no start code", "474011", /H.264 access unit of 3 bytes: expected a start code 000001, got 474011/],
    ["bytes before the first", "05 000001 41", /expected a start code/],
    ["zeros alone", "0000", /expected a start code/],
    ["a single zero", "00", /access unit of 1 bytes: expected a start code 000001, got 00$/],
  ])("with %s is refused", (_, stream, message) => {
    expect(() => splitAnnexB(bytes(stream))).toThrow(message);
  });

  test("is not copied", () => {
    const data = fixture("baseline.h264");
    for (const unit of splitAnnexB(data)) expect(unit.buffer).toBe(data.buffer);
  });

  test("gives back the units that were put in", () => {
    const unit = fc
      .uint8Array({ minLength: 1, maxLength: 50 })
      .map((data) => data.map((byte) => byte | 2)) // no zeros: nothing to be taken for a start code
      .map(hex);
    fc.assert(
      fc.property(fc.array(fc.tuple(unit, fc.constantFrom("000001", "00000001"))), (units) => {
        const stream = bytes(units.map(([data, startCode]) => startCode + data).join(""));
        expect(splitAnnexB(stream).map(hex)).toEqual(units.map(([data]) => data));
      }),
    );
  });

  test("of any bytes is a result or corrupt input", () => {
    fc.assert(
      fc.property(fc.uint8Array({ max: 2 }), (data) => {
        expect(isResultOrCorrupt(() => splitAnnexB(data))).toBe(true);
      }),
    );
  });
});
