import * as h264 from "../h264/nal-unit.ts";
import * as hevc from "../hevc/nal-unit.ts";

/** What must be known of a codec to cut its byte stream (Annex B) into access units. */
export interface NalByteStream {
  readonly codec: "h264" | "hevc";
  /** Of a NAL unit. */
  readonly headerBytes: number;
  /** nal_unit_type, from a unit's first byte. */
  readonly typeOf: (header: number) => number;
  readonly isSlice: (type: number) => boolean;
  /** Whether the byte behind its header makes it the first slice of a picture. */
  readonly isFirstSlice: (type: number, next: number) => boolean;
  /** Units that, once a picture has begun, begin the next access unit. */
  readonly goesBeforePicture: (type: number) => boolean;
}

const { NalUnitType } = h264;
const H264_BEGINNERS: ReadonlySet<number> = new Set([
  NalUnitType.accessUnitDelimiter,
  NalUnitType.sps,
  NalUnitType.pps,
  NalUnitType.sei,
]);
const H264_FRONTS: ReadonlySet<number> = new Set([
  NalUnitType.slice,
  NalUnitType.slicePartitionA, // B and C begin with something else
  NalUnitType.idrSlice,
]);

/** ITU-T H.264, 7.4.1.2.3. first_mb_in_slice 0 is a single one bit. */
const h264Stream: NalByteStream = {
  codec: "h264",
  headerBytes: 1,
  typeOf: h264.nalUnitType,
  isSlice: h264.isSlice,
  isFirstSlice: (type, next) => H264_FRONTS.has(type) && (next & 0x80) !== 0,
  goesBeforePicture: (type) =>
    H264_BEGINNERS.has(type) || (type >= NalUnitType.prefix && type <= NalUnitType.reserved18),
};

const HEVC_SETS: readonly number[] = [
  hevc.NalUnitType.vps,
  hevc.NalUnitType.sps,
  hevc.NalUnitType.pps,
  hevc.NalUnitType.accessUnitDelimiter,
  hevc.NalUnitType.prefixSei,
];
const isHevcSlice = (type: number) => type < hevc.NalUnitType.vps;

/** ITU-T H.265, 7.4.2.4.4. Behind the header is first_slice_segment_in_pic_flag. */
const hevcStream: NalByteStream = {
  codec: "hevc",
  headerBytes: hevc.headerBytes,
  typeOf: (header) => hevc.nalUnitType(Uint8Array.of(header)),
  isSlice: isHevcSlice,
  isFirstSlice: (type, next) => isHevcSlice(type) && (next & 0x80) !== 0,
  goesBeforePicture: (type) =>
    HEVC_SETS.includes(type) || (type >= 41 && type <= 44) || (type >= 48 && type <= 55),
};

/** TRAIL_N, TRAIL_R, and what is an entry. Others would look like an SEI of H.264. */
const isKnownPicture = (type: number) =>
  type <= 1 || (type >= hevc.NalUnitType.blaWithLeading && type <= hevc.NalUnitType.cra);

/** Layer 0, temporal sub-layer 0. */
const HEVC_SECOND_BYTE = 1;

/**
 * Which of the two a stream is, from the first two bytes of its first unit; H.264 unless they can be of H.265 alone, as no
 * stream of H.264 begins.
 */
export function byteStreamOf(first: number, second: number): NalByteStream {
  const type = hevcStream.typeOf(first);
  const canBegin = HEVC_SETS.includes(type) || isKnownPicture(type);
  return (first & 0x81) === 0 && second === HEVC_SECOND_BYTE && canBegin ? hevcStream : h264Stream;
}
