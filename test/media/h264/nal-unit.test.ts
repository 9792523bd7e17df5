import { describe, expect, test } from "vitest";
import { isSlice, isUnknownType, nalHeaderProblem } from "../../../src/media/h264/nal-unit.ts";

const types = Array.from({ length: 32 }, (_, type) => type);

describe("a NAL unit", () => {
  test("is a slice of the primary picture by its types 1 to 5", () => {
    expect(types.filter(isSlice)).toEqual([1, 2, 3, 4, 5]);
  });

  test("is of a type that H.264 has by 1 to 21", () => {
    expect(types.filter((type) => !isUnknownType(type))).toEqual(types.slice(1, 22));
  });
});

const sound = (refIdc: number) => types.filter((type) => nalHeaderProblem((refIdc << 5) | type) === null);

describe("a first byte", () => {
  test("with nal_ref_idc 0 is that of all but an IDR slice and parameter sets", () => {
    expect(sound(0)).toEqual(types.slice(1, 22).filter((type) => ![5, 7, 8].includes(type)));
  });

  test.each([1, 2, 3])(
    "with nal_ref_idc %d is that of all but SEI, delimiters, ends and filler",
    (refIdc) => {
      expect(sound(refIdc)).toEqual(types.slice(1, 22).filter((type) => ![6, 9, 10, 11, 12].includes(type)));
    },
  );

  test.each([
    [0x80 | 0x67, "forbidden_zero_bit is set"],
    [0x60, "nal_unit_type 0 is not H.264's"],
    [0x76, "nal_unit_type 22 is not H.264's"],
    [0x07, "nal_ref_idc is 0 with nal_unit_type 7"],
    [0x6c, "nal_ref_idc is 3 with nal_unit_type 12"],
  ])("of %d is none: %s", (header, problem) => {
    expect(nalHeaderProblem(header)).toBe(problem);
  });
});
