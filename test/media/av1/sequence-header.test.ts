import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { encodeAv1c } from "../../../src/media/av1/av1c.ts";
import { av1CodecString } from "../../../src/media/av1/codec-string.ts";
import { parseSequenceHeader } from "../../../src/media/av1/sequence-header.ts";
import { CorruptInputError } from "../../../src/media/corrupt-input.ts";
import { packed, u, ue } from "../bits.ts";
import { bytes, hex, isResultOrCorrupt } from "../fixture.ts";

interface Fields {
  readonly profile?: number;
  readonly points?: string;
  readonly tools?: string;
  readonly color?: string;
}

/** No timing info, no delays, one operating point of level 8 in tier 1. */
const POINT = "0 0" + u(5, 0) + u(12, 0) + u(5, 8) + "1";
/** 1920x1080 in 11 bits each. */
const SIZE = u(4, 10) + u(4, 10) + u(11, 1919) + u(11, 1079);
/** Order hints of 7 bits, screen content tools and motion vectors as each frame says. */
const TOOLS = "0 000 0000 1 00 1 1" + u(3, 6) + "000";
/** 8 bits, colour, without description, 4:2:0 */
const COLOR = "0 0 0 0 00";

function header({ profile = 0, points = POINT, tools = TOOLS, color = COLOR }: Fields): Uint8Array {
  return packed(u(3, profile), "0 0", points, SIZE, tools, color, "0 1");
}

const usual = {
  ...{ profile: 0, level: 8, tier: 1, isReducedStill: false, hasOrderHint: true, width: 1920, height: 1080 },
  color: { bitDepth: 8, isMonochrome: false, subsamplingX: 1, subsamplingY: 1, chromaSamplePosition: 0 },
};

describe("a sequence header of AV1 (5.5)", () => {
  test("says what a container asks for", () => {
    expect(parseSequenceHeader(header({}))).toEqual(usual);
  });

  test.each<[string, Fields, boolean?]>([
    [
      "timing, a decoder model and delays",
      {
        points:
          "1" +
          u(32, 1) +
          u(32, 25) +
          "1" +
          ue(5) +
          "1" +
          u(5, 9) +
          u(32, 1) +
          u(5, 3) +
          u(5, 4) +
          "1" +
          u(5, 1) +
          (u(12, 1) + u(5, 8) + "11" + u(10, 5) + u(10, 6) + "01" + u(4, 2)) +
          (u(12, 3) + u(5, 4) + "00"),
      },
    ],
    [
      "equal intervals without a decoder model",
      { points: "1" + u(32, 1) + u(32, 25) + "0 0" + POINT.slice(2) },
    ],
    ["frame ids", { tools: "1" + u(7, 0) + TOOLS.slice(2) }],
    ["tools that the sequence chooses, without order hints", { tools: "0 000 0000 0 0 1 0 1 000" }, false],
    ["no screen content tools", { tools: "0 000 0000 1 11 0 0" + u(3, 6) + "000" }],
  ])("is read past %s", (_, fields, hasOrderHint = true) => {
    expect(parseSequenceHeader(header(fields))).toEqual({ ...usual, hasOrderHint });
  });

  test("of a still picture is shorter", () => {
    const still = packed(u(3, 0), "1 1", u(5, 2), SIZE, "000 000", COLOR, "0 1");
    expect(parseSequenceHeader(still)).toEqual({
      ...usual,
      level: 2,
      tier: 0,
      isReducedStill: true,
      hasOrderHint: false,
    });
  });

  test.each<[string, number, string, string, string]>([
    ["10 bits", 0, "1 0 0 0 01", "81 08 cd 00", "av01.0.08H.10"],
    ["monochrome", 0, "0 1 0 1", "81 08 9c 00", "av01.0.08H.08"],
    ["4:4:4", 1, "0 1" + u(8, 9) + u(8, 16) + u(8, 9) + "0", "81 28 80 00", "av01.1.08H.08"],
    ["sRGB", 1, "0 1" + u(8, 1) + u(8, 13) + u(8, 0), "81 28 80 00", "av01.1.08H.08"],
    ["4:2:2", 2, "1 0 0 0 0", "81 48 c8 00", "av01.2.08H.10"],
    ["4:2:0 with 12 bits", 2, "1 1 0 0 0 1 1 10", "81 48 ee 00", "av01.2.08H.12"],
    ["4:4:4 with 12 bits", 2, "1 1 0 0 0 0", "81 48 e0 00", "av01.2.08H.12"],
  ])("of %s makes this av1C and name", (_, profile, color, record, name) => {
    const av1c = encodeAv1c(parseSequenceHeader(header({ profile, color })), bytes("0a01ff"));
    expect(hex(av1c)).toBe(hex(bytes(`${record} 0a01ff`)));
    expect(av1CodecString(av1c)).toBe(name);
  });

  test("cut short anywhere is corrupt, and so is an unknown profile", () => {
    const whole = header({});
    for (let end = 0; end < whole.length - 1; end++)
      expect(() => parseSequenceHeader(whole.subarray(0, end))).toThrow(CorruptInputError);
    expect(() => parseSequenceHeader(header({ profile: 3 }))).toThrow("seq_profile of at most 2");
  });

  test("of any bytes is a result or corrupt input", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (data) => {
        expect(isResultOrCorrupt(() => parseSequenceHeader(data))).toBe(true);
      }),
    );
  });
});
