import { describe, expect, test } from "vitest";
import { readNalUnits } from "../../../src/check/codecs/nal-lengths.ts";
import { Faults } from "../../../src/check/faults.ts";
import { fromHex } from "../avc-editing.ts";

const PLACE = { offset: 0, tag: 1, timestampMs: 0 };

function read(hex: string, lengthBytes: 1 | 2 | 4 = 4) {
  const faults = new Faults();
  const units = readNalUnits(fromHex(hex), lengthBytes, PLACE, faults)?.map((unit) => unit.toString("hex"));
  return { units, found: faults.all().map(({ id, detail, worst }) => [id, detail, worst?.value ?? null]) };
}

/** Whether 00 00 01 67 is taken for a length where this byte stands behind it. */
function isLength(first: number): boolean {
  const hex = first.toString(16).padStart(2, "0");
  return read(`00000167${hex}0000`).found[0]?.[0] === "nal-length";
}

describe("units behind their lengths", () => {
  test.each<[string, 1 | 2 | 4, string[]]>([
    ["", 4, []],
    ["00000002 0910 00000001 65", 4, ["0910", "65"]],
    ["0002 0910 0001 65", 2, ["0910", "65"]],
    ["02 0910 01 65", 1, ["0910", "65"]],
    ["00000001 65", 4, ["65"]],
    [`00000100 ${"41".repeat(256)}`, 4, ["41".repeat(256)]],
    ["00 01 41", 1, ["41"]],
  ])("of %s with %d bytes each are read", (hex, lengthBytes, units) => {
    const empty =
      lengthBytes === 1 && hex.startsWith("00") ? [["nal-empty", "at byte 0 of the frame", null]] : [];
    expect(read(hex, lengthBytes)).toEqual({ units, found: empty });
  });

  test.each<[string, string[], readonly [string, string, number | null]]>([
    ["00000002 6588 000000", ["6588"], ["nal-length", "1 bytes missing in a length field", 1]],
    ["00000002 6588 00", ["6588"], ["nal-length", "3 bytes missing in a length field", 3]],
    ["00000003 6588", [], ["nal-length", "a unit of 3 bytes with 2 left", 1]],
    ["00000002 6588 00000009 41", ["6588"], ["nal-length", "a unit of 9 bytes with 1 left", 8]],
    ["00000001 65 00000000", ["65"], ["nal-empty", "at byte 5 of the frame", null]],
  ])("that break in %s are read up to there", (hex, units, finding) => {
    expect(read(hex)).toEqual({ units, found: [finding] });
  });
});

describe("start codes in the place of lengths", () => {
  test.each([
    ["four bytes", "00000001 6742 00000001 6588"],
    ["three bytes", "000001 67ff 000001 65"],
  ])("of %s are found", (_, hex) => {
    const found = [["nal-annex-b", `it starts with ${hex.replaceAll(" ", "").slice(0, 8)}`, null]];
    expect(read(hex)).toEqual({ units: undefined, found });
  });

  test("of three bytes could be a length of 256 to 511, where a unit's first byte stands behind it", () => {
    const types = [1, 2, 5, 6, 7, 8, 9]; // of slices, SEI, parameter sets and delimiters; nal_ref_idc is 0 to 3
    const usual = [0, 0x20, 0x40, 0x60].flatMap((refIdc) => types.map((type) => refIdc | type));
    expect(Array.from({ length: 256 }, (_, first) => first).filter(isLength)).toEqual(usual);
  });

  test.each([
    ["of four bytes", "00000001 65 00000002 41ff"],
    ["of three bytes, whatever stands behind them", `00000102 ${"ff".repeat(258)}`],
  ])("%s that lead to the end are lengths", (_, hex) => {
    expect(read(hex).found).toEqual([]);
  });

  test.each(["000001", "00000167"])("are not told by the %s of a picture that ends there", (hex) => {
    expect(read(hex).found[0]?.[0]).toBe("nal-length");
  });
});
