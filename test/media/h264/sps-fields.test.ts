import { describe, expect, test } from "vitest";
import { CorruptInputError } from "../../../src/media/corrupt-input.ts";
import { avcCodecString, parseSps } from "../../../src/media/h264/sps.ts";
import { packed, se, u, ue } from "../bits.ts";
import { bytes } from "../fixture.ts";

/** The fields of an SPS in their order (ITU-T H.264, 7.3.2.1.1): 320x240 in progressive frames, without VUI. */
const fields = {
  profile: u(8, 66),
  constraints: u(8, 0xc0),
  level: u(8, 30),
  id: ue(0),
  format: "",
  frameNum: ue(0),
  picOrderCnt: ue(2),
  refFrames: ue(1),
  gaps: "1",
  width: ue(19),
  height: ue(14),
  frames: "1",
  direct8x8: "1",
  crop: "0",
  vui: "0",
};

function sps(changes: Partial<typeof fields> = {}): Uint8Array {
  return Uint8Array.of(0x67, ...escaped(packed(...Object.values({ ...fields, ...changes }), "1")));
}

/** With emulation_prevention_three_byte (7.4.1). */
function escaped(plain: Uint8Array): number[] {
  const out: number[] = [];
  for (const byte of plain) {
    if (byte <= 3 && out.at(-1) === 0 && out.at(-2) === 0) out.push(3);
    out.push(byte);
  }
  return out;
}

/** The fields of the High profiles: chroma format, bit depths and scaling lists. */
function high(
  chroma: number,
  { planes = "", luma = 0, depth = 0, lists = "0" } = {},
): Partial<typeof fields> {
  return {
    profile: u(8, 100),
    format: [ue(chroma), planes, ue(luma), ue(depth), "1", lists].join(""),
  };
}

describe("the fields of an SPS", () => {
  const sound = { width: 320, height: 240, profileIdc: 66, constraintFlags: 0xc0, levelIdc: 30, id: 0 };

  test.each<[string, Partial<typeof fields>, object]>([
    ["as they are mostly", {}, { isInterlaced: false, picOrderCntType: 2 }],
    ["an id of 31", { id: ue(31) }, { id: 31 }],
    ["log2_max_frame_num_minus4 12", { frameNum: ue(12) }, {}],
    ["pic_order_cnt_type 0", { picOrderCnt: ue(0) + ue(12) }, { picOrderCntType: 0 }],
    ["pic_order_cnt_type 1", { picOrderCnt: `${ue(1)}1${se(-5)}${se(7)}${ue(0)}` }, { picOrderCntType: 1 }],
    [
      "a cycle of 255 reference frames",
      { picOrderCnt: `${ue(1)}1${se(0)}${se(0)}${ue(255)}${se(-3).repeat(255)}` },
      { picOrderCntType: 1 },
    ],
    ["16 reference frames", { refFrames: ue(16) }, {}],
    ["a width of 1055 macroblocks", { width: ue(1054) }, { width: 16_880 }],
    ["a height of 1055 macroblocks", { height: ue(1054) }, { height: 16_880 }],
    ["a width of one macroblock", { width: ue(0) }, { width: 16 }],
    ["fields", { frames: "00" }, { height: 480, isInterlaced: true }],
    ["macroblocks that are fields", { frames: "01" }, { height: 480, isInterlaced: true }],
  ])("%s are read", (_, changes, expected) => {
    expect(parseSps(sps(changes))).toMatchObject({ ...sound, ...expected });
  });

  test.each<[string, Partial<typeof fields>, string]>([
    ["an id of 32", { id: ue(32) }, "seq_parameter_set_id of at most 31, got 32"],
    ["log2_max_frame_num_minus4 13", { frameNum: ue(13) }, "log2_max_frame_num_minus4 of at most 12, got 13"],
    ["pic_order_cnt_type 3", { picOrderCnt: ue(3) }, "pic_order_cnt_type of at most 2, got 3"],
    [
      "log2_max_pic_order_cnt_lsb_minus4 13",
      { picOrderCnt: ue(0) + ue(13) },
      "log2_max_pic_order_cnt_lsb_minus4 of at most 12, got 13",
    ],
    [
      "a cycle of 256 reference frames",
      { picOrderCnt: `${ue(1)}1${se(0)}${se(0)}${ue(256)}` },
      "num_ref_frames_in_pic_order_cnt_cycle of at most 255, got 256",
    ],
    ["17 reference frames", { refFrames: ue(17) }, "max_num_ref_frames of at most 16, got 17"],
    ["a width of 1056 macroblocks", { width: ue(1055) }, "pic_width_in_mbs_minus1 of at most 1054, got 1055"],
    [
      "a height of 1056 macroblocks",
      { height: ue(1055) },
      "pic_height_in_map_units_minus1 of at most 1054, got 1055",
    ],
    ["chroma_format_idc 4", high(4), "chroma_format_idc of at most 3, got 4"],
    ["15 bits of luma", high(1, { luma: 7 }), "bit_depth_luma_minus8 of at most 6, got 7"],
    ["15 bits of chroma", high(1, { depth: 7 }), "bit_depth_chroma_minus8 of at most 6, got 7"],
    ["delta_scale 128", high(1, { lists: `11${se(128)}` }), "delta_scale of -128 to 127, got 128"],
    ["delta_scale -129", high(1, { lists: `11${se(-129)}` }), "delta_scale of -128 to 127, got -129"],
  ])("%s are refused", (_, changes, message) => {
    expect(() => parseSps(sps(changes))).toThrow(CorruptInputError);
    expect(() => parseSps(sps(changes))).toThrow(`expected ${message}`);
  });
});

/** Left, right, top and bottom. */
const crop = (...offsets: readonly number[]) => ({ crop: `1${offsets.map(ue).join("")}` });

describe("cropping", () => {
  test.each<[string, Partial<typeof fields>, number, number]>([
    ["4:2:0", {}, 314, 226],
    ["4:2:0 in fields", { frames: "00" }, 314, 452],
    ["monochrome", high(0), 317, 233],
    ["4:2:0 of a High profile", high(1), 314, 226],
    ["4:2:2", high(2), 314, 233],
    ["4:2:2 in fields", { ...high(2), frames: "00" }, 314, 466],
    ["4:4:4", high(3, { planes: "0" }), 317, 233],
    ["4:4:4 in planes of their own", high(3, { planes: "1" }), 317, 233],
  ])("of %s is counted in its units", (_, changes, width, height) => {
    expect(parseSps(sps({ ...changes, ...crop(1, 2, 3, 4) }))).toMatchObject({ width, height });
  });

  test("leaves at least a picture", () => {
    expect(parseSps(sps(crop(80, 79, 60, 59)))).toMatchObject({ width: 2, height: 2 });
    expect(() => parseSps(sps(crop(80, 80, 0, 0)))).toThrow("expected cropping within 320x240, got 0x240");
    expect(() => parseSps(sps(crop(0, 0, 60, 60)))).toThrow("expected cropping within 320x240, got 320x0");
  });
});

/** Deltas of 0 keep the scale at 8, so that it has all its numbers. */
const list = (size: number) => `1${se(0).repeat(size)}`;

describe("the format of a High profile", () => {
  test.each([100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135])(
    "is told by profile %d",
    (profile) => {
      const unit = sps({ ...high(2, { luma: 6, depth: 6 }), profile: u(8, profile) });
      expect(parseSps(unit)).toMatchObject({
        chromaFormatIdc: 2,
        bitDepthLuma: 14,
        bitDepthChroma: 14,
        width: 320,
      });
    },
  );

  test("is 4:2:0 of 8 bits where the profile tells none", () => {
    expect(parseSps(sps())).toMatchObject({ chromaFormatIdc: 1, bitDepthLuma: 8, bitDepthChroma: 8 });
  });

  test.each<[string, string, number]>([
    ["none of eight lists", "1 00000000", 1],
    ["none of twelve lists in 4:4:4", "1 000000000000", 3],
    ["six lists of 16 and two of 64", `1 ${list(16).repeat(6)} ${list(64).repeat(2)}`, 1],
    ["six lists of 16 and six of 64 in 4:4:4", `1 ${list(16).repeat(6)} ${list(64).repeat(6)}`, 3],
    ["the sixth list alone", `1 00000 ${list(16)} 00`, 1],
    ["the seventh list alone", `1 000000 ${list(64)} 0`, 1],
    ["a list that ends at once", `1 1${se(-8)} 0000000`, 1],
    ["a list that ends behind its second scale", `1 1${se(100)}${se(-108)} 0000000`, 1],
    ["a list whose scale wraps to 0", `1 1${se(127)}${se(121)} 0000000`, 1],
    ["deltas at their limits", `1 1${se(-128)}${`${se(127)}${se(-127)}`.repeat(7)}${se(0)} 0000000`, 1],
  ])("with %s is read over", (_, lists, chroma) => {
    const planes = chroma === 3 ? "0" : "";
    expect(parseSps(sps(high(chroma, { planes, lists })))).toMatchObject({ width: 320, height: 240 });
  });
});

describe("the codec string of an avcC", () => {
  test("is its bytes 1 to 3", () => {
    expect(avcCodecString(bytes("01 64000a"))).toBe("avc1.64000a");
    expect(avcCodecString(bytes("01 42c01f ff e1"))).toBe("avc1.42c01f");
  });

  test("is none of fewer than four bytes", () => {
    expect(() => avcCodecString(bytes("01 6400"))).toThrow(
      new CorruptInputError("avcC: expected 4 bytes or more, got 3"),
    );
  });
});
