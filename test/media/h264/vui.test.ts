import { describe, expect, test } from "vitest";
import { BitReader } from "../../../src/media/bit-reader.ts";
import { NO_VUI, readVui } from "../../../src/media/h264/vui.ts";
import { packed, u, ue } from "../bits.ts";

const read = (...fields: readonly string[]) => readVui(new BitReader(packed(...fields), "SPS"));

/** hrd_parameters of so many schedules, with ones wherever nothing is told by them. */
function hrd(count: number): string {
  return [ue(count - 1), u(8, 0xff), `${ue(30)}${ue(40)}1`.repeat(count), u(20, 0xf_ffff)].join("");
}

const RESTRICTION = ["1", "1", ue(2), ue(1), ue(16), ue(15)];

/** From nal_hrd_parameters_present_flag on: pic_struct is not present, and 2 frames are reordered. */
function tail({ nal = "0", vcl = "0", lowDelay = "", frames = 2 } = {}): string {
  return [nal, vcl, lowDelay, "0", ...RESTRICTION, ue(frames), ue(4)].join("");
}

describe("video usability information", () => {
  test.each([
    ["nothing", "00000 00 0 0"],
    ["overscan", "0 11 000 00 0 0"],
    ["a signal type without colours", "0 0 1 1111 0 00 00 0 0"],
    ["a picture structure", "00000 00 1 0"],
  ])("of %s says nothing", (_, bits) => {
    expect(read(bits)).toEqual(NO_VUI);
  });

  test.each<[string, string]>([
    ["nothing else", `00000 ${tail()}`],
    ["the shape of samples by its number", `1 ${u(8, 254)} 0000 ${tail()}`],
    ["a sample shape of its own", `1 ${u(8, 255)}${u(16, 0xffff)}${u(16, 0xffff)} 0000 ${tail()}`],
    ["overscan", `0 11 000 ${tail()}`],
    ["overscan that may be cut off", `0 10 000 ${tail()}`],
    ["a signal type", `00 1 1111 0 00 ${tail()}`],
    ["colours", `00 1 1111 1 ${u(24, 0xff_ffff)} 00 ${tail()}`],
    ["chroma locations at their limits", `000 1 ${ue(5)}${ue(5)} 0 ${tail()}`],
    ["chroma locations at 0", `000 1 ${ue(0)}${ue(0)} 0 ${tail()}`],
    ["an HRD of the NAL units", `00000 ${tail({ nal: `1${hrd(1)}`, lowDelay: "1" })}`],
    ["an HRD of the VCL units", `00000 ${tail({ vcl: `1${hrd(1)}`, lowDelay: "1" })}`],
    ["both HRDs", `00000 ${tail({ nal: `1${hrd(2)}`, vcl: `1${hrd(3)}`, lowDelay: "1" })}`],
    ["an HRD of 32 schedules", `00000 ${tail({ nal: `1${hrd(32)}`, lowDelay: "1" })}`],
  ])("with %s says how many frames are reordered", (_, bits) => {
    expect(read(bits)).toEqual({ ...NO_VUI, maxReorderFrames: 2 });
  });

  test.each<[string, string]>([
    ["a top chroma location of 6", `000 1 ${ue(6)}${ue(0)} 0 ${tail()}`],
    ["a bottom chroma location of 6", `000 1 ${ue(0)}${ue(6)} 0 ${tail()}`],
    ["an HRD of 33 schedules", `00000 ${tail({ nal: `1${hrd(33)}`, lowDelay: "1" })}`],
    ["17 reordered frames", `00000 ${tail({ frames: 17 })}`],
  ])("is read no further than %s", (_, bits) => {
    expect(read(bits)).toEqual(NO_VUI);
  });

  test.each([0, 1, 16])("may have %d reordered frames", (frames) => {
    expect(read(`00000 ${tail({ frames })}`).maxReorderFrames).toBe(frames);
  });

  test.each([
    [1, 50, 25],
    [1001, 60_000, 60_000 / 2002],
    [0xffff_ffff, 0xffff_ffff, 0.5],
    [1, 1, 0.5],
    [0, 50, null],
    [1, 0, null],
  ])("has by %d units in a tick of a scale of %d the frame rate %j", (units, scale, frameRate) => {
    for (const fixed of ["0", "1"])
      expect(read("0000 1", u(32, units), u(32, scale), fixed, tail())).toEqual({
        ...NO_VUI,
        frameRate,
        maxReorderFrames: 2,
      });
  });

  test("says what stands before the byte that it is cut at", () => {
    const bits = ["1", u(8, 1), "000 1", u(32, 1), u(32, 50), "0", tail()].join("").replaceAll(" ", "");
    const whole = { frameRate: 25, maxReorderFrames: 2 };
    const cut = (length: number) => read(bits.slice(0, length));
    for (const length of [8, 16, 72]) expect(cut(length)).toEqual(NO_VUI);
    expect(cut(80)).toEqual({ ...whole, maxReorderFrames: null });
    expect(cut(bits.length)).toEqual(whole);
  });
});
