import { describe, expect, test } from "vitest";
import { BitReader } from "../../src/media/bit-reader.ts";
import { CorruptInputError } from "../../src/media/corrupt-input.ts";
import { packed, se, u, ue } from "./bits.ts";

const reading = (...fields: readonly string[]) => new BitReader(packed(...fields), "SPS");

describe("a reader of bits", () => {
  test("reads the highest first, up to 32 at once", () => {
    const reader = new BitReader(Uint8Array.of(0b1010_0000, 0xff, 0xff, 0xff, 0xff), "SPS");
    expect([reader.bit(), reader.bit(), reader.flag(), reader.flag(), reader.bits(4)]).toEqual([
      1,
      0,
      true,
      false,
      0,
    ]);
    expect(reader.position).toBe(8);
    expect(reader.bits(32)).toBe(0xffff_ffff);
    expect(reader.bits(0)).toBe(0);
    expect(() => reader.bit()).toThrow(
      new CorruptInputError("SPS, bit 40: expected more bits, got its end after 5 bytes"),
    );
  });

  test.each([
    ["1", 0],
    ["010", 1],
    ["011", 2],
    ["00100", 3],
    ["00111", 6],
    ["0001000", 7],
    [`${u(33, 1)}${u(32, 0)}`, 2 ** 32 - 1],
    [`${u(33, 1)}${u(32, 0xffff_ffff)}`, 2 ** 33 - 2],
  ])("reads the Exp-Golomb code %s as %d", (code, value) => {
    const reader = reading(code, "1");
    expect(reader.ue()).toBe(value);
    expect(reader.position).toBe(code.length);
  });

  test("refuses a code of 33 zeros", () => {
    const message = "SPS, bit 33: expected an Exp-Golomb code of at most 32 leading zeros, got more";
    expect(() => reading(u(34, 1), u(33, 0)).ue()).toThrow(new CorruptInputError(message));
  });

  test.each([
    ["1", 0],
    ["010", 1],
    ["011", -1],
    ["00100", 2],
    ["00101", -2],
    [se(-128), -128],
    [se(127), 127],
  ])("reads the signed code %s as %d", (code, value) => {
    expect(reading(code).se() + 0).toBe(value);
  });

  test("refuses what is above a field's bound, and says which", () => {
    expect(reading(ue(5)).ueUpTo(5, "field")).toBe(5);
    expect(() => reading(ue(6)).ueUpTo(5, "field")).toThrow(
      new CorruptInputError("SPS, bit 5: expected field of at most 5, got 6"),
    );
  });
});
