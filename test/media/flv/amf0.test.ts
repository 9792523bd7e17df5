import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CorruptInputError } from "../../../src/media/corrupt-input.ts";
import {
  type Amf0Property,
  type Amf0Value,
  decodeAmf0,
  encodeAmf0,
  property,
} from "../../../src/media/flv/amf0.ts";
import { bytes, hex } from "./hex.ts";

const cases: readonly [title: string, value: Amf0Value, expected: string][] = [
  ["a number (2.2)", 1280, "00 4094000000000000"],
  ["a fraction (2.2)", 29.97, "00 403df851eb851eb8"],
  ["true (2.3)", true, "01 01"],
  ["false (2.3)", false, "01 00"],
  ["a string (2.4)", "né", "02 0003 6ec3a9"],
  ["an empty string (2.4)", "", "02 0000"],
  ["an object (2.5)", { kind: "object", properties: [["a", true]] }, "03 0001 61 01 01 0000 09"],
  ["null (2.7)", null, "05"],
  [
    "an ECMA array (2.10)",
    { kind: "ecma-array", properties: [["a", null]] },
    "08 00000001 0001 61 05 0000 09",
  ],
  ["an empty ECMA array (2.10)", { kind: "ecma-array", properties: [] }, "08 00000000 0000 09"],
  ["a strict array (2.12)", [null, false], "0a 00000002 05 01 00"],
  ["a date, time before zone (2.13)", { kind: "date", epochMs: 1 }, "0b 3ff0000000000000 0000"],
];

describe("AMF0", () => {
  it.each(cases)("writes and reads %s as the specification lays it out", (_, value, expected) => {
    expect(hex(encodeAmf0(value), expected)).toBe(expected);
    expect(decodeAmf0(bytes(expected))).toEqual([value]);
  });

  it("reads what it does not write: undefined (2.8), and an object with a class (2.18)", () => {
    expect(decodeAmf0(bytes("06"))).toEqual([null]);
    expect(decodeAmf0(bytes("10 0003 466f6f 0001 61 01 01 0000 09"))).toEqual([
      { kind: "object", properties: [["a", true]] },
    ]);
  });

  it("has other limits where they are given", () => {
    const limits = { maxDepth: 1, maxBytes: 16 };
    expect(decodeAmf0(bytes("0a00000001 0a00000000 05050505"), 0, limits)).toHaveLength(5);
    expect(() => decodeAmf0(bytes("0a00000001 0a00000001 05"), 0, limits)).toThrow(
      "values nested deeper than 1",
    );
    expect(decodeAmf0(bytes("05".repeat(16)), 0, limits)).toHaveLength(16);
    expect(() => decodeAmf0(bytes("05".repeat(17)), 0, limits)).toThrow(
      "AMF0: 17 bytes at offset 0, expected at most 16",
    );
  });

  it("writes a string as long (2.14) from 65,536 bytes on", () => {
    expect(hex(encodeAmf0("x".repeat(0xffff)).subarray(0, 3), "02 ffff")).toBe("02 ffff");
    expect(hex(encodeAmf0("x".repeat(0x1_0000)).subarray(0, 5), "0c 00010000")).toBe("0c 00010000");
    expect(decodeAmf0(encodeAmf0("x".repeat(0x1_0000)))).toEqual(["x".repeat(0x1_0000)]);
  });

  it("refuses a property name that its 16-bit length cannot hold", () => {
    const properties = [["x".repeat(0x1_0000), null]] as const;
    expect(() => encodeAmf0({ kind: "object", properties })).toThrow(RangeError);
  });

  it.each([
    ["a number cut short", "00 4094", "8 bytes expected where 2 are left, at offset 101"],
    ["a string longer than the tag", "02 0004 61", "4 bytes expected where 1 are left, at offset 103"],
    ["a long string of 4 GiB", "0c ffffffff 61", "4294967295 bytes expected where 1 are left, at offset 105"],
    ["an array of 4 Gi values", "0a ffffffff 05", "an array of 4294967295 values in 1 bytes at offset 105"],
    ["an object without end", "03 0001 61 05", "2 bytes expected where 0 are left, at offset 105"],
    ["a reference", "07 0000", "type marker 7, which FLV metadata does not use at offset 101"],
    ["text that is not UTF-8", "02 0001 ff", "a string that is not UTF-8 at offset 103"],
    ["endless nesting", "0a00000001".repeat(1000), "values nested deeper than 16 at offset 185"],
  ])("names %s and where it stands", (_, body, message) => {
    expect(() => decodeAmf0(bytes(body), 100)).toThrow(new CorruptInputError(`AMF0: ${message}`));
  });

  it("reads a body of 4 MiB, and refuses one of more", () => {
    const text = "x".repeat(4 * 1024 * 1024 - 5);
    expect(decodeAmf0(encodeAmf0(text))).toEqual([text]);
    expect(() => decodeAmf0(encodeAmf0(`${text}x`), 7)).toThrow(
      new CorruptInputError("AMF0: 4194305 bytes at offset 7, expected at most 4194304"),
    );
  });

  it("reads back every value that it can write", () => {
    fc.assert(
      fc.property(fc.array(anyValue), (values) => {
        expect(decodeAmf0(encodeAmf0(...values))).toEqual(values);
      }),
    );
  });

  it("ends with values or a CorruptInputError on any bytes", () => {
    const flipped = fc
      .tuple(fc.array(anyValue, { minLength: 1 }), fc.nat(), fc.nat(7))
      .map(([values, at, bit]) => {
        const body = Buffer.from(encodeAmf0(...values));
        body.writeUInt8(body.readUInt8(at % body.length) ^ (1 << bit), at % body.length);
        return body;
      });
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 200 }), flipped), (body) => {
        expect(outcome(() => decodeAmf0(body))).toBe("fine");
      }),
      { numRuns: 500 },
    );
  });
});

function outcome(decode: () => unknown): string {
  try {
    decode();
    return "fine";
  } catch (error) {
    return error instanceof CorruptInputError ? "fine" : String(error);
  }
}

const text = fc.string({ unit: "grapheme" });
const { value: anyValue } = fc.letrec<{ value: Amf0Value }>((tie) => ({
  value: fc.oneof(
    { depthSize: "small", maxDepth: 8 },
    fc.double(),
    fc.boolean(),
    text,
    fc.constant(null),
    fc.record({ kind: fc.constant("date" as const), epochMs: fc.double() }),
    fc.array(tie("value")),
    fc.record({
      kind: fc.constantFrom("object" as const, "ecma-array" as const),
      properties: fc.array(fc.tuple(text, tie("value"))),
    }),
  ),
}));

const object = (...properties: readonly Amf0Property[]) => ({ kind: "object", properties }) as const;

describe("a property", () => {
  it("is found in an object and in an ECMA array; the first of a name counts", () => {
    expect(property(object(["a", 1], ["b", 2], ["b", 3]), "b")).toBe(2);
    expect(property({ kind: "ecma-array", properties: [["b", 2]] }, "b")).toBe(2);
  });

  it("is null where there is none", () => {
    for (const value of [undefined, null, 1, "b", true, [1], { kind: "date", epochMs: 1 } as const, object()])
      expect(property(value, "b")).toBeNull();
  });
});
