import { describe, expect, test } from "vitest";
import { CorruptInputError } from "../../../src/media/corrupt-input.ts";
import { NutReader } from "../../../src/media/nut/reader.ts";
import { bytes, hex } from "../fixture.ts";

const reading = (data: string) => new NutReader(bytes(data), 1000);

describe("NUT's numbers", () => {
  test.each([
    ["00", 0],
    ["7f", 127],
    ["8100", 128],
    ["808001", 1],
    ["8fffffffffffff7f", Number.MAX_SAFE_INTEGER],
  ])("of %s are the v %d", (data, value) => {
    const reader = reading(data);
    expect(reader.v()).toBe(value);
    expect(reader).toMatchObject({ isShort: false, position: bytes(data).length });
  });

  test.each([
    ["00", 0],
    ["01", 1],
    ["02", -1],
    ["03", 2],
    ["04", -2],
    ["8100", -64],
    ["807f", 64],
  ])("of %s are the s %d", (data, value) => {
    expect(reading(data).s() + 0).toBe(value);
  });

  test("of four bytes are whole up to 2^32 - 1", () => {
    expect(reading("ffffffff").u32()).toBe(0xffff_ffff);
    expect(reading("01020304").u32()).toBe(0x0102_0304);
  });

  test("beyond 2^53 are refused, unless they are skipped", () => {
    expect(() => reading("9080808080808000").v()).toThrow(
      new CorruptInputError("NUT stream, byte 1008: expected a number below 2^53, got a larger one"),
    );
    const reader = reading("bfffffffffffffffff7e 05");
    reader.skip();
    expect(reader.v()).toBe(5);
  });

  test("behind a length are that many bytes", () => {
    const reader = reading("02 abcd 00 05");
    expect([hex(reader.vb()), hex(reader.vb()), reader.u8()]).toEqual(["abcd", "", 5]);
  });
});

describe("beyond the end", () => {
  test.each<[string, string, (reader: NutReader) => unknown, unknown]>([
    ["a byte", "", (reader) => reader.u8(), 0],
    ["four bytes", "", (reader) => reader.u32(), 0],
    ["a v", "", (reader) => reader.v(), 0],
    ["a v that is cut", "81", (reader) => reader.v(), 0],
    ["an s", "", (reader) => reader.s() + 0, 0],
    ["bytes", "03 abcd", (reader) => hex(reader.vb()), ""],
  ])("%s reads as nothing, and whatever follows", (_, data, read, value) => {
    const reader = reading(data);
    expect(read(reader)).toBe(value);
    expect(reader.isShort).toBe(true);
    expect([reader.u8(), reader.u32(), reader.v(), hex(reader.vb())]).toEqual([0, 0, 0, ""]);
    reader.skip();
    expect(reader.isShort).toBe(true);
  });
});
