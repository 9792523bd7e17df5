import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { CorruptInputError } from "../../../src/media/corrupt-input.ts";
import { splitAnnexB } from "../../../src/media/h264/annexb.ts";
import { hevcCodecString } from "../../../src/media/hevc/codec-string.ts";
import { encodeHvcc, isHvcc, parseHvcc } from "../../../src/media/hevc/hvcc.ts";
import { parseSps } from "../../../src/media/hevc/sps.ts";
import { bytes, hex, isResultOrCorrupt } from "../fixture.ts";
import { recorded } from "../nut-track.ts";

/** VPS, SPS, PPS and x265's SEI. */
const units = splitAnnexB(recorded("hevc-7.1.nut").extradata, "H.265");
const [vps = units[0], sps = units[0], pps = units[0]] = units;

function length(unit: Uint8Array | undefined): string {
  return (unit?.length ?? 0).toString(16).padStart(4, "0");
}

/** Profile, tier and level, chroma format and bit depths. */
const told = (record: Uint8Array) => hex(record.subarray(0, 13)) + hex(record.subarray(16, 19));

describe("an HEVCDecoderConfigurationRecord", () => {
  test("repeats what the SPS says, and has the three kinds of sets (8.3.3.1.2)", () => {
    if (sps === undefined || vps === undefined || pps === undefined) throw new Error("there are sets");
    const record = encodeHvcc(parseSps(sps), units);
    expect(hex(record)).toBe(
      hex(
        bytes(
          `01 02 20000000 900000000000 1e f000 fc fd fa fa 0000 0f 03
          a0 0001 ${length(vps)} ${hex(vps)} a1 0001 ${length(sps)} ${hex(sps)} a2 0001 ${length(pps)} ${hex(pps)}`,
        ),
      ),
    );
    const read = parseHvcc(record);
    expect(read.lengthBytes).toBe(4);
    expect(read.units.map(hex)).toEqual([vps, sps, pps].map(hex));
  });

  test("that ffmpeg wrote has the same fields before its arrays, but for what ours does not tell", () => {
    const { extradata, packets } = recorded("hevc-b-9.0.nut");
    const [config] = packets;
    if (config?.kind !== "video-config") throw new Error("the first packet is a config");
    expect(told(config.decoderConfig)).toBe(told(extradata));
    expect(config.parameterSets.map(hex)).toEqual(parseHvcc(extradata).units.slice(0, 3).map(hex));
  });

  test("cut short anywhere is corrupt", () => {
    const { extradata } = recorded("hevc-b-9.0.nut");
    for (let end = 0; end < extradata.length; end++)
      expect(() => parseHvcc(extradata.subarray(0, end))).toThrow(CorruptInputError);
  });

  test("is told from Annex B", () => {
    expect(isHvcc(recorded("hevc-b-9.0.nut").extradata)).toBe(true);
    expect(["00000001 4001", "000001 4001", ""].map((one) => isHvcc(bytes(one)))).toEqual([
      ...[false, false, false],
    ]);
  });

  test("of any bytes is a result or corrupt input", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), (data) => {
        expect(isResultOrCorrupt(() => parseHvcc(data))).toBe(true);
        expect(isResultOrCorrupt(() => hevcCodecString(data))).toBe(true);
      }),
    );
  });
});

describe("the codec's name (E.3)", () => {
  test.each([
    ["01 01 60000000 b00000000000 5d", "hvc1.1.6.L93.B0"],
    ["01 01 60000000 000000000000 5d", "hvc1.1.6.L93"],
    ["01 22 20000000 900000000000 78", "hvc1.2.4.H120.90"],
    ["01 41 80000000 b02300000000 5d", "hvc1.A1.1.L93.B0.23"],
    ["01 04 08000000 9e0800000001 b4", "hvc1.4.10.L180.9E.8.0.0.0.1"],
  ])("of %s is %s", (record, expected) => {
    expect(hevcCodecString(bytes(record))).toBe(expected);
  });
});
