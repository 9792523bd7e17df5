import { describe, expect, it } from "vitest";
import { CorruptInputError } from "../../../src/media/corrupt-input.ts";
import { encodeHeader } from "../../../src/media/flv/header.ts";
import { TagType } from "../../../src/media/flv/layout.ts";
import { encodeTag, maxBodyBytes, restamp } from "../../../src/media/flv/tag.ts";
import { bytes, hex } from "./hex.ts";

describe("the FLV header (E.2)", () => {
  it.each([
    ["video and sound", { video: true, audio: true }, "464c56 01 05 00000009 00000000"],
    ["video alone", { video: true, audio: false }, "464c56 01 01 00000009 00000000"],
    ["sound alone", { video: false, audio: true }, "464c56 01 04 00000009 00000000"],
  ])("promises %s and nothing else", (_, tracks, expected) => {
    expect(hex(encodeHeader(tracks), expected)).toBe(expected);
  });
});

describe("a tag (E.4.1)", () => {
  it.each([
    ["audio", TagType.audio, 0, ["af01"], "08 000002 000000 00 000000 af01 0000000d"],
    ["script", TagType.script, 0, ["02"], "12 000001 000000 00 000000 02 0000000c"],
    [
      "of several parts",
      TagType.video,
      1,
      ["1701", "", "000000"],
      "09 000005 000001 00 000000 1701000000 00000010",
    ],
    ["without a body", TagType.video, 1, [], "09 000000 000001 00 000000 0000000b"],
    ["before 2^24 ms", TagType.audio, 0xff_ffff, ["af01"], "08 000002 ffffff 00 000000 af01 0000000d"],
    ["at 2^24 ms", TagType.audio, 0x100_0000, ["af01"], "08 000002 000000 01 000000 af01 0000000d"],
    ["at any time", TagType.audio, 0x1234_5678, ["af01"], "08 000002 345678 12 000000 af01 0000000d"],
    ["at 2^31 - 1 ms", TagType.audio, 0x7fff_ffff, ["af01"], "08 000002 ffffff 7f 000000 af01 0000000d"],
  ])(
    "%s has its high timestamp byte last and its size behind it",
    (_, type, timestampMs, parts, expected) => {
      expect(hex(encodeTag(type, timestampMs, parts.map(bytes)), expected)).toBe(expected);
    },
  );

  it.each([-1, 0.5, 2 ** 31, Number.NaN])("has no timestamp of %s ms", (timestampMs) => {
    expect(() => encodeTag(TagType.audio, timestampMs, [])).toThrow(RangeError);
  });

  it("holds 2^24 - 1 bytes and not one more", () => {
    const largest = Buffer.alloc(maxBodyBytes);
    expect(hex(encodeTag(TagType.video, 0, [largest]).subarray(0, 11), "09 ffffff")).toMatch(
      /^09 ffffff 0{14}$/,
    );
    expect(() => encodeTag(TagType.video, 0, [largest, Buffer.alloc(1)])).toThrow(CorruptInputError);
  });

  it("is shared as it is when stamped with its own time, else copied", () => {
    const tag = {
      role: "metadata",
      timestampMs: 5,
      bytes: encodeTag(TagType.script, 5, [bytes("05")]),
    } as const;
    expect(restamp(tag, 5)).toBe(tag);
    const later = restamp(tag, 0x0100_0001);
    expect(later).toMatchObject({ role: "metadata", timestampMs: 0x0100_0001 });
    const expected = "12 000001 000001 01 000000 05 0000000c";
    expect(hex(later.bytes, expected)).toBe(expected);
    expect(tag.bytes).toEqual(encodeTag(TagType.script, 5, [bytes("05")]));
  });
});
