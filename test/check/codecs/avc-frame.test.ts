import { describe, expect, it } from "vitest";
import { AvcFrames } from "../../../src/check/codecs/avc-frame.ts";
import { Faults } from "../../../src/check/faults.ts";
import { parseSps } from "../../../src/media/h264/sps.ts";
import { packed, se, u, ue } from "../../media/bits.ts";
import { bytes } from "../../media/fixture.ts";

const PLACE = { tag: 1, timestampMs: 0, offset: 13 };

/** An SPS of the Baseline profile (ITU-T H.264, 7.3.2.1.1): macroblocks across, and seq_parameter_set_id. */
const spsOf = (widthMbs: number, { id = 0, profile = 66 } = {}) =>
  Buffer.concat([
    Buffer.of(0x67, profile, 0, 10),
    packed(
      ...[ue(id), ue(0), ue(2), ue(1), u(1, 0), ue(widthMbs - 1), ue(14)], // … pic_height_in_map_units_minus1
      ...[u(1, 1), u(1, 0), u(1, 0), u(1, 0), u(1, 1)],
    ),
  ]);
/** A PPS's ids are all that is read of it. */
const ppsOf = (id: number, spsId = 0) =>
  Buffer.concat([Buffer.of(0x68), packed(ue(id), ue(spsId), u(1, 0), u(1, 0), ue(0), se(0), u(8, 1))]);
/** A slice's header: first_mb_in_slice, slice_type, pic_parameter_set_id. */
const sliceOf = (header: number, type: number, ppsId = 0) =>
  Buffer.concat([Buffer.of(header), packed(ue(0), ue(type), ue(ppsId), u(8, 0xff))]);
const [IDR, P, SEI] = [0x65, 0x41, 0x06];
const recoveryPoint = Buffer.from(bytes("06 06 01 c4 80"));

/** What is found in pictures of these units, after a sequence header with these sets; null: there was none. */
function read(settings: readonly Buffer[] | null, ...pictures: readonly (readonly Buffer[])[]) {
  const faults = new Faults();
  const frames = new AvcFrames(faults);
  const [first] = settings ?? [];
  if (settings !== null)
    frames.configure(
      { lengthBytes: 4, sps: first === undefined ? null : parseSps(first), units: settings },
      PLACE,
    );
  const kinds = pictures.map((units) => frames.read(units, PLACE));
  return {
    frame: kinds.at(-1),
    found: faults.all().map(({ id, count, detail }) => `${id} ${count}: ${detail}`),
  };
}

const usual = [spsOf(20), ppsOf(0)];
const nothing = { isIdr: false, hasSlices: false, hasBSlices: false, isRecoveryPoint: false };

describe("a picture", () => {
  it.each([
    ["an IDR picture", [sliceOf(IDR, 7)], { hasSlices: true, isIdr: true }],
    ["a picture of P slices", [sliceOf(P, 5)], { hasSlices: true }],
    ["one of B slices alone", [sliceOf(P, 6)], { hasSlices: true, hasBSlices: true }],
    ["one of P and B slices", [sliceOf(P, 0), sliceOf(P, 1)], { hasSlices: true, hasBSlices: true }],
    ["one of SP and SI slices", [sliceOf(P, 3), sliceOf(P, 4)], { hasSlices: true }],
    ["a recovery point", [recoveryPoint, sliceOf(P, 7)], { hasSlices: true, isRecoveryPoint: true }],
    ["no picture: settings alone", usual, {}],
    ["no picture: an SEI alone", [Buffer.of(SEI, 5, 1, 0, 0x80)], {}],
    ["none", [], {}],
  ])("is %s", (_, units, kind) => {
    expect(read(usual, units)).toEqual({ frame: { ...nothing, ...kind }, found: [] });
  });

  it("of partitions has no type that could be read", () => {
    const partition = Buffer.concat([Buffer.of(0x43), packed(ue(0), ue(0), ue(0), u(8, 0xff))]);
    expect(read(usual, [partition]).frame).toEqual({ ...nothing, hasSlices: true });
  });
});

describe("a unit", () => {
  it.each([
    ["with forbidden_zero_bit", 0xc1, "nal-header 1: 0xc1: forbidden_zero_bit is set"],
    ["of type 0", 0x60, "nal-header 1: 0x60: nal_unit_type 0 is unspecified"],
  ])("%s is told of, and may have been a slice", (_, header, found) => {
    expect(read(usual, [Buffer.of(header, 0x88)])).toEqual({
      frame: { ...nothing, hasSlices: true },
      found: [found],
    });
  });

  it("whose nal_ref_idc is 0 has no fault", () => {
    expect(read(usual, [sliceOf(0x05, 7)]).found).toEqual([]);
  });

  it.each([
    ["slice_type 10", sliceOf(P, 10)],
    ["nothing behind its header", Buffer.of(P)],
  ])("that is a slice with %s is told of", (_, unit) => {
    expect(read(usual, [unit]).found).toEqual([expect.stringMatching(/^slice-malformed 1: slice header/)]);
  });
});

describe("the sets of a slice", () => {
  it.each([
    ["are those of the sequence header", usual, [[sliceOf(IDR, 7)]], []],
    ["may come with the picture", [spsOf(20)], [[ppsOf(0), sliceOf(IDR, 7)]], []],
    ["may come with an earlier one", [spsOf(20)], [[ppsOf(3), sliceOf(IDR, 7, 3)], [sliceOf(P, 5, 3)]], []],
    ["may have come nowhere", usual, [[sliceOf(IDR, 7, 1), sliceOf(IDR, 7, 1)]], [2]],
    ["may lack the SPS of their PPS", [spsOf(20), ppsOf(0, 1)], [[sliceOf(IDR, 7)]], [1]],
    ["are not known without a sequence header", null, [[sliceOf(IDR, 7)]], []],
  ])("%s", (_, settings, pictures, counts) => {
    const found = counts.map((count) => `slice-without-parameter-sets ${count}: no PPS or SPS with that id`);
    expect(read(settings, ...pictures).found).toEqual(found);
  });

  it("are those of the last sequence header alone", () => {
    const faults = new Faults();
    const frames = new AvcFrames(faults);
    for (const units of [usual, [spsOf(20)]])
      frames.configure({ lengthBytes: 4, sps: parseSps(spsOf(20)), units }, PLACE);
    frames.read([sliceOf(IDR, 7)], PLACE);
    expect(faults.has("slice-without-parameter-sets")).toBe(true);
  });

  it.each([
    ["a set that cannot be read", [spsOf(20), Buffer.of(0x68)]],
    ["two of them", [spsOf(20), Buffer.of(0x68), Buffer.of(0x68)]],
  ])("missing after %s, are not told of by each slice", (_, settings) => {
    const { found } = read(settings, [sliceOf(IDR, 7)]);
    expect(found).toEqual([expect.stringContaining("sps-malformed 1: PPS")]);
  });
});

describe("an SPS beside the pictures", () => {
  it.each([
    ["the same", spsOf(20), null],
    ["of another width", spsOf(40), "640x240, profile 66; expected 320x240, 66"],
    ["of another profile", spsOf(20, { profile: 77 }), "320x240, profile 77; expected 320x240, 66"],
    ["of another id", spsOf(40, { id: 1 }), null],
  ])("%s", (_, sps, detail) => {
    const found = detail === null ? [] : [`sps-in-band-differs 1: ${detail}`];
    expect(read(usual, [sps, sliceOf(IDR, 7)]).found).toEqual(found);
  });

  it("is compared with none where there was no sequence header", () => {
    expect(read(null, [spsOf(40), ppsOf(0), sliceOf(IDR, 7)]).found).toEqual([]);
  });

  it("that cannot be read is told of once", () => {
    expect(read(usual, [Buffer.of(0x67, 66)]).found).toEqual([expect.stringContaining("sps-malformed 1:")]);
  });
});
