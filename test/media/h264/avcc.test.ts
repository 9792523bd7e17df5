import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { CorruptInputError } from "../../../src/media/corrupt-input.ts";
import { splitAnnexB } from "../../../src/media/h264/annexb.ts";
import { encodeAvcc, parseAvcc, splitLengthPrefixed } from "../../../src/media/h264/avcc.ts";
import { NutDemuxer } from "../../../src/media/nut/demuxer.ts";
import { bytes, fixture, hex, isResultOrCorrupt } from "../fixture.ts";

const BASELINE_SPS = bytes("67 42000a da 05 07 c4");
const PPS = bytes("68 ce 38 80");

function extradata(name: string): Uint8Array {
  const stream = new NutDemuxer().push(fixture(name)).find((event) => event.kind === "stream");
  return stream?.extradata ?? new Uint8Array(0);
}

describe("an AVCDecoderConfigurationRecord", () => {
  test("of Baseline ends with its PPS", () => {
    expect(hex(encodeAvcc({ spsUnits: [BASELINE_SPS], ppsUnits: [PPS] }))).toBe(
      hex(bytes("01 42000a ff e1 0008 6742000ada0507c4 01 0004 68ce3880")),
    );
  });

  test("of High tells chroma format and bit depths at the end", () => {
    const units = splitAnnexB(extradata("video-5.1.nut"));
    const record = encodeAvcc({ spsUnits: units.slice(0, 1), ppsUnits: units.slice(1, 2) });
    expect(hex(record.subarray(-4))).toBe("fdf8f800");
  });

  test.each(["avcc.nut", "reordered.nut"])("is what ffmpeg wrote, byte for byte, in %s", (name) => {
    const written = extradata(name);
    expect(hex(encodeAvcc(parseAvcc(written)))).toBe(hex(written));
  });

  test("cut short anywhere is corrupt", () => {
    const record = encodeAvcc({ spsUnits: [BASELINE_SPS], ppsUnits: [PPS] });
    for (let end = 0; end < record.length; end++) {
      expect(() => parseAvcc(record.subarray(0, end))).toThrow(CorruptInputError);
    }
  });

  test.each([
    ["version 2", "02 42000a ff e0 00"],
    ["lengths of three bytes", "01 42000a fe e0 00"],
  ])("of %s is refused", (_, record) => {
    expect(() => parseAvcc(bytes(record))).toThrow(CorruptInputError);
  });

  test("cannot be made without an SPS", () => {
    expect(() => encodeAvcc({ spsUnits: [], ppsUnits: [PPS] })).toThrow(CorruptInputError);
  });
});

describe("a frame of units behind their lengths", () => {
  test.each([
    [1, "02 4101 01 06"],
    [2, "0002 4101 0001 06"],
    [4, "00000002 4101 00000001 06"],
  ] as const)("of %i bytes is split", (lengthBytes, frame) => {
    expect(splitLengthPrefixed(bytes(frame), lengthBytes).map(hex)).toEqual(["4101", "06"]);
  });

  test("may hold units of no bytes, which are none", () => {
    expect(splitLengthPrefixed(bytes("00000000 00000001 06 00000000"), 4).map(hex)).toEqual(["06"]);
  });

  test("whose length goes beyond its end is corrupt, and so is half a length", () => {
    expect(() => splitLengthPrefixed(bytes("00000003 4101"), 4)).toThrow(
      /byte 0: expected a length and its unit/,
    );
    expect(() => splitLengthPrefixed(bytes("ffffffff 4101"), 4)).toThrow(CorruptInputError);
    expect(() => splitLengthPrefixed(bytes("00000001 41 0000"), 4)).toThrow(/byte 5/);
  });

  test("of any bytes is a result or corrupt input", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), fc.constantFrom(1, 2, 4), (data, lengthBytes) => {
        expect(isResultOrCorrupt(() => splitLengthPrefixed(data, lengthBytes))).toBe(true);
        expect(isResultOrCorrupt(() => parseAvcc(Uint8Array.of(1, ...data)))).toBe(true);
      }),
    );
  });
});
