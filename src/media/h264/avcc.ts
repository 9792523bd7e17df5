import { Buffer } from "node:buffer";
import { CorruptInputError } from "../corrupt-input.ts";
import { parseSps } from "./sps.ts";

/** An AVCDecoderConfigurationRecord, read. */
export interface Avcc {
  /** Bytes of the length in front of each NAL unit of a frame. */
  readonly lengthBytes: 1 | 2 | 4;
  readonly spsUnits: readonly Uint8Array[];
  readonly ppsUnits: readonly Uint8Array[];
}

/** Profiles without the record's fields on chroma format and bit depth: Baseline, Main, Extended. */
const BASE_PROFILES: ReadonlySet<number> = new Set([66, 77, 88]);

/** Whether an H.264 codec's private data is an avcC and not Annex B, which begins with zeros. */
export function isAvcc(extradata: Uint8Array): boolean {
  return extradata[0] === 1; // configurationVersion
}

/** Makes an AVCDecoderConfigurationRecord with 4-byte lengths (ISO/IEC 14496-15, 5.3.3.1.2). */
export function encodeAvcc({ spsUnits, ppsUnits }: Pick<Avcc, "spsUnits" | "ppsUnits">): Uint8Array {
  const [first] = spsUnits;
  if (first === undefined) throw new CorruptInputError("avcC: expected an SPS, got none");
  const sps = parseSps(first);
  return Buffer.concat([
    Uint8Array.of(
      1, // configurationVersion
      sps.profileIdc, // AVCProfileIndication
      sps.constraintFlags, // profile_compatibility
      sps.levelIdc, // AVCLevelIndication
      0b111111_11, // reserved, lengthSizeMinusOne
      0b111_00000 | counted("SPS", spsUnits, 31), // reserved, numOfSequenceParameterSets
    ),
    ...spsUnits.flatMap(withLength),
    Uint8Array.of(counted("PPS", ppsUnits, 255)), // numOfPictureParameterSets
    ...ppsUnits.flatMap(withLength),
    ...(BASE_PROFILES.has(sps.profileIdc)
      ? []
      : [
          Uint8Array.of(
            0b111111_00 | sps.chromaFormatIdc, // reserved, chroma_format
            0b11111_000 | (sps.bitDepthLuma - 8), // reserved, bit_depth_luma_minus8
            0b11111_000 | (sps.bitDepthChroma - 8), // reserved, bit_depth_chroma_minus8
            0, // numOfSequenceParameterSetExt
          ),
        ]),
  ]);
}

function counted(name: string, units: readonly Uint8Array[], max: number): number {
  if (units.length <= max) return units.length;
  throw new CorruptInputError(`avcC: expected at most ${max} ${name}, got ${units.length}`);
}

function withLength(unit: Uint8Array): Uint8Array[] {
  if (unit.length > 0xffff)
    throw new CorruptInputError(`avcC: expected a set below 64 KiB, got ${unit.length} bytes`);
  return [Uint8Array.of(unit.length >> 8, unit.length & 0xff), unit];
}

/** Reads an AVCDecoderConfigurationRecord; the units are views. The High-profile fields only repeat the SPS. */
export function parseAvcc(bytes: Uint8Array): Avcc {
  let at = 0;
  const byte = (): number => {
    const value = bytes[at++];
    if (value === undefined)
      throw new CorruptInputError(`avcC: expected more than its ${bytes.length} bytes`);
    return value;
  };
  const units = (count: number): Uint8Array[] =>
    Array.from({ length: count }, () => {
      const length = (byte() << 8) | byte();
      if (at + length > bytes.length) {
        throw new CorruptInputError(
          `avcC, byte ${at}: expected a set of ${length} bytes, got ${bytes.length - at}`,
        );
      }
      at += length;
      return bytes.subarray(at - length, at);
    });

  const version = byte();
  if (version !== 1) throw new CorruptInputError(`avcC: expected configurationVersion 1, got ${version}`);
  at += 3; // AVCProfileIndication, profile_compatibility, AVCLevelIndication: the SPS says the same
  const lengthBytes = readLengthBytes(byte(), "avcC");
  const spsUnits = units(byte() & 0x1f);
  const ppsUnits = units(byte());
  return { lengthBytes, spsUnits, ppsUnits };
}

/** Of the byte with lengthSizeMinusOne, which the records of H.264 and H.265 have alike. */
export function readLengthBytes(byte: number, record: "avcC" | "hvcC"): Avcc["lengthBytes"] {
  const lengthBytes = (byte & 3) + 1;
  if (lengthBytes === 3) throw new CorruptInputError(`${record}: expected lengths of 1, 2 or 4 bytes, got 3`);
  return lengthBytes === 1 ? 1 : lengthBytes === 2 ? 2 : 4;
}

/** Splits a sample whose NAL units stand behind their lengths (ISO/IEC 14496-15, 5.3.2) into views. */
export function splitLengthPrefixed(
  bytes: Uint8Array,
  lengthBytes: Avcc["lengthBytes"],
  codec = "H.264",
): Uint8Array[] {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const units: Uint8Array[] = [];
  let at = 0;
  while (at < bytes.length) {
    const start = at + lengthBytes;
    const end = start <= bytes.length ? start + view.readUIntBE(at, lengthBytes) : Number.POSITIVE_INFINITY;
    if (end > bytes.length) {
      const left = bytes.length - at;
      throw new CorruptInputError(
        `${codec} access unit, byte ${at}: expected a length and its unit, got ${left} bytes`,
      );
    }
    if (end > start) units.push(bytes.subarray(start, end));
    at = end;
  }
  return units;
}
