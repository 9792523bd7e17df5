import { Buffer } from "node:buffer";
import { CorruptInputError } from "../corrupt-input.ts";
import { readLengthBytes } from "../h264/avcc.ts";
import type { NalRecord } from "../nal/codec.ts";
import { NalUnitType, nalUnitType } from "./nal-unit.ts";
import type { Sps } from "./sps.ts";

/** Of an HEVCDecoderConfigurationRecord, before its arrays. */
const FIXED_BYTES = 23;
const LENGTH_SIZE_AT = 21;
const SETS = [NalUnitType.vps, NalUnitType.sps, NalUnitType.pps] as const;

/** Whether H.265's private data are an hvcC and not Annex B, whose start code is 000001 or 00000001 (libavcodec/hevc_parse.c). */
export function isHvcc([first = 0, second = 0, third = 0]: Uint8Array): boolean {
  return first !== 0 || second !== 0 || third > 1;
}

/** Makes an HEVCDecoderConfigurationRecord with 4-byte lengths (ISO/IEC 14496-15, 8.3.3.1.2) of these parameter sets. */
export function encodeHvcc(sps: Sps, units: readonly Uint8Array[]): Uint8Array {
  const arrays = SETS.map((type) => ({ type, units: units.filter((unit) => nalUnitType(unit) === type) }));
  const present = arrays.filter((array) => array.units.length > 0);
  return Buffer.concat([
    Uint8Array.of(1), // configurationVersion
    sps.profileTierLevel, // general_profile_space to general_level_idc
    Uint8Array.of(
      ...[0b1111_0000, 0], // reserved, min_spatial_segmentation_idc: not told
      0b111111_00, // reserved, parallelismType: not known
      0b111111_00 | sps.chromaFormatIdc, // reserved, chromaFormat
      0b11111_000 | (sps.bitDepthLuma - 8), // reserved, bitDepthLumaMinus8
      0b11111_000 | (sps.bitDepthChroma - 8), // reserved, bitDepthChromaMinus8
      ...[0, 0], // avgFrameRate: not told
      // constantFrameRate: not known; numTemporalLayers, temporalIdNested, lengthSizeMinusOne
      (sps.subLayers << 3) | (sps.isTemporalIdNested ? 0b100 : 0) | 0b11,
      present.length, // numOfArrays
    ),
    ...present.flatMap(({ type, units: ofType }) => [
      // array_completeness: frames have none, or repeat these; reserved, NAL_unit_type; numNalus
      Uint8Array.of(0b10_000000 | type, ofType.length >> 8, ofType.length & 0xff),
      ...ofType.flatMap((unit) => [Uint8Array.of(unit.length >> 8, unit.length & 0xff), unit]),
    ]),
  ]);
}

/** An HEVCDecoderConfigurationRecord, read. */
export interface Hvcc extends NalRecord {
  readonly arrays: readonly { readonly type: number; readonly units: readonly Uint8Array[] }[];
}

/** Reads an HEVCDecoderConfigurationRecord; the units are views. What is told before them only repeats the SPS. */
export function parseHvcc(bytes: Uint8Array): Hvcc {
  const byteAt = (at: number): number => {
    const value = bytes[at];
    if (value === undefined)
      throw new CorruptInputError(`hvcC: expected more than its ${bytes.length} bytes`);
    return value;
  };
  const version = byteAt(0);
  if (version > 1) throw new CorruptInputError(`hvcC: expected configurationVersion 1, got ${version}`); // drafts wrote 0
  const lengthBytes = readLengthBytes(byteAt(LENGTH_SIZE_AT), "hvcC");
  let at = FIXED_BYTES;
  const arrays = Array.from({ length: byteAt(FIXED_BYTES - 1) }, () => {
    const type = byteAt(at) & 0x3f; // array_completeness, reserved, NAL_unit_type
    const units: Uint8Array[] = [];
    let count = (byteAt(at + 1) << 8) | byteAt(at + 2); // numNalus
    for (at += 3; count > 0; count--) {
      const length = (byteAt(at) << 8) | byteAt(at + 1); // nalUnitLength
      const end = at + 2 + length;
      if (end > bytes.length)
        throw new CorruptInputError(
          `hvcC, byte ${at}: expected a set of ${length} bytes, got ${bytes.length - at - 2}`,
        );
      if (length > 0) units.push(bytes.subarray(at + 2, end));
      at = end;
    }
    return { type, units };
  });
  const units = arrays.flatMap((array) => array.units);
  return { lengthBytes, units, arrays };
}
