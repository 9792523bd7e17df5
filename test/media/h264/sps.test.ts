import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { CorruptInputError } from "../../../src/media/corrupt-input.ts";
import { splitAnnexB } from "../../../src/media/h264/annexb.ts";
import {
  h264CodecString,
  parseSps,
  reorderDepth,
  type Sps,
  withoutEmulationPrevention,
} from "../../../src/media/h264/sps.ts";
import { bytes, fixture, hex, isResultOrCorrupt, probe } from "../fixture.ts";

function firstSps(name: string): Uint8Array {
  const unit = splitAnnexB(fixture(name)).find((one) => ((one[0] ?? 0) & 31) === 7);
  if (unit === undefined) throw new Error(`${name} has no SPS`);
  return unit;
}

const NAMES = ["baseline", "main-slices", "interlaced", "high444", "high422"];

describe("a sequence parameter set", () => {
  test.each(NAMES)("of %s says what ffprobe says", (name) => {
    const sps = parseSps(firstSps(`${name}.h264`));
    const [said = {}] = probe(`${name}.h264`).streams;
    const [num = 0, den = 1] = String(said["r_frame_rate"]).split("/").map(Number);
    expect({
      width: sps.width,
      height: sps.height,
      level: sps.levelIdc,
      isInterlaced: sps.isInterlaced,
      rate: sps.frameRate,
      reordered: sps.maxReorderFrames,
    }).toEqual({
      width: said["width"],
      height: said["height"],
      level: said["level"],
      isInterlaced: said["field_order"] !== "progressive",
      rate: num / den,
      reordered: said["has_b_frames"],
    });
  });

  test.each([
    ["baseline", "avc1.42c01f", 1, 8],
    ["main-slices", "avc1.4d400d", 1, 8],
    ["high422", "avc1.7a000a", 2, 10],
    ["high444", "avc1.f4000a", 3, 8],
  ])("of %s has the codec string %s", (name, codec, chromaFormatIdc, bitDepthLuma) => {
    const sps = parseSps(firstSps(`${name}.h264`));
    expect(h264CodecString(sps)).toBe(codec);
    expect(sps).toMatchObject({ chromaFormatIdc, bitDepthLuma, bitDepthChroma: bitDepthLuma, id: 0 });
  });

  test.each(NAMES)("of %s cut short in its VUI says what stands before the cut", (name) => {
    const unit = firstSps(`${name}.h264`);
    const whole = parseSps(unit);
    const cut: Sps[] = [];
    for (let end = 0; end < unit.length; end++)
      isResultOrCorrupt(() => cut.push(parseSps(unit.subarray(0, end))));
    expect(cut.length).toBeGreaterThan(3);
    for (const sps of cut) {
      const { frameRate, maxReorderFrames } = whole;
      expect(sps).toMatchObject({ width: whole.width, height: whole.height, levelIdc: whole.levelIdc });
      expect([null, frameRate]).toContain(sps.frameRate);
      expect([null, maxReorderFrames]).toContain(sps.maxReorderFrames);
    }
    expect(cut.at(-1)?.frameRate).toBe(whole.frameRate);
  });

  test("tells by how many pictures are reordered by its profile, its kind of order, or its own word", () => {
    const sps = parseSps(firstSps("main-slices.h264"));
    const open = { ...sps, profileIdc: 77, picOrderCntType: 0, maxReorderFrames: null };
    expect(reorderDepth(open)).toBeNull();
    expect(reorderDepth({ ...open, maxReorderFrames: 2 })).toBe(2);
    expect(reorderDepth({ ...open, maxReorderFrames: 0 })).toBe(0);
    expect(reorderDepth({ ...open, picOrderCntType: 2 })).toBe(0);
    expect(reorderDepth({ ...open, profileIdc: 66 })).toBe(0);
  });

  test("without VUI leaves rate and reordering unsaid", () => {
    // 42 00 0a: Baseline, level 1; then id 0, frame_num 4 bits, poc type 2, 1 ref, 20x15 macroblocks, no crop, no VUI:
    // 1 1 011 010 0 000010100 0001111 1 1 0 0 1
    expect(parseSps(bytes("67 42000a da 05 07 c4"))).toMatchObject({
      width: 320,
      height: 240,
      picOrderCntType: 2,
      frameRate: null,
      maxReorderFrames: null,
    });
  });

  test.each([
    ["another unit", "68 42000a", /expected nal_unit_type 7/],
    ["nothing", "", /expected nal_unit_type 7/],
    ["an id of 32", "67 42000a 0420 8000", /seq_parameter_set_id of at most 31, got 32/],
    ["a number of 33 zeros", "67 42000a 00000000 00", /at most 32 leading zeros/],
    ["no more than its profile", "67 42000a", /expected more bits/],
  ])("of %s is refused", (_, unit, message) => {
    expect(() => parseSps(bytes(unit))).toThrow(CorruptInputError);
    expect(() => parseSps(bytes(unit))).toThrow(message);
  });

  test("of any bytes is a result or corrupt input", () => {
    const profile = fc.constantFrom(66, 77, 100, 110, 122, 244);
    fc.assert(
      fc.property(profile, fc.uint8Array({ maxLength: 60 }), (profileIdc, rest) => {
        expect(isResultOrCorrupt(() => parseSps(Uint8Array.of(0x67, profileIdc, 0, 30, ...rest)))).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});

test.each([
  ["000003 01", "0000 01"],
  ["000003 000003", "0000 0000"],
  ["000003 03", "0000 03"],
  ["0003 00", "0003 00"],
])("emulation prevention comes out of %s", (coded, plain) => {
  expect(hex(withoutEmulationPrevention(bytes(coded)))).toBe(hex(bytes(plain)));
});
