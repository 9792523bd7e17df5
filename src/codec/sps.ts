import { BitReader } from "./bit-reader.ts";
import { CorruptInputError } from "./corrupt.ts";
import { NalUnitType, nalUnitType } from "./nal-unit.ts";

/** A sequence parameter set, as far as a container or a player asks for it. */
export interface Sps {
  readonly profileIdc: number;
  /** constraint_set0_flag (highest bit) to constraint_set5_flag and reserved_zero_2bits */
  readonly constraintFlags: number;
  readonly levelIdc: number;
  /** seq_parameter_set_id */
  readonly id: number;
  /** 0 monochrome, 1 4:2:0, 2 4:2:2, 3 4:4:4 */
  readonly chromaFormatIdc: number;
  readonly bitDepthLuma: number;
  readonly bitDepthChroma: number;
  readonly picOrderCntType: number;
  /** Whether pictures may be fields (frame_mbs_only_flag is 0). */
  readonly isInterlaced: boolean;
  /** Displayed size in luma samples, cropping taken off. */
  readonly width: number;
  readonly height: number;
  /** Width to height of one sample; `null` when unspecified. */
  readonly sampleAspectRatio: { readonly width: number; readonly height: number } | null;
  /** Frames a second, from the VUI timing; `null` when it has none. */
  readonly frameRate: number | null;
  /** max_num_reorder_frames; `null` when the stream does not say. */
  readonly maxReorderFrames: number | null;
}

/** Profiles whose SPS tells the chroma format, bit depths and scaling lists (7.3.2.1.1). */
const HIGH_PROFILES: ReadonlySet<number> = new Set([
  100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135,
]);

/** Largest width or height in macroblocks of any level: sqrt(8 * MaxFS) at level 6.2 (table A-1). */
const MAX_SIDE_MBS = 1055;

/** Parses an SPS NAL unit, header included (ITU-T H.264, 7.3.2.1 and E.1); bad values are `CorruptInputError`. */
export function parseSps(unit: Uint8Array): Sps {
  const header = unit[0];
  if (header === undefined || nalUnitType(header) !== NalUnitType.sps) {
    throw new CorruptInputError(`SPS: expected nal_unit_type ${NalUnitType.sps}, got header byte ${header}`);
  }
  const reader = new BitReader(withoutEmulationPrevention(unit.subarray(1)), "SPS");
  const profileIdc = reader.bits(8);
  const constraintFlags = reader.bits(8);
  const levelIdc = reader.bits(8);
  const id = reader.ueUpTo(31, "seq_parameter_set_id");
  const format = HIGH_PROFILES.has(profileIdc) ? readFormat(reader) : BASE_FORMAT;
  reader.ueUpTo(12, "log2_max_frame_num_minus4");
  const picOrderCntType = reader.ueUpTo(2, "pic_order_cnt_type");
  skipPicOrderCnt(reader, picOrderCntType);
  reader.ueUpTo(16, "max_num_ref_frames");
  reader.bit(); // gaps_in_frame_num_value_allowed_flag
  const widthMbs = reader.ueUpTo(MAX_SIDE_MBS - 1, "pic_width_in_mbs_minus1") + 1;
  const heightMapUnits = reader.ueUpTo(MAX_SIDE_MBS - 1, "pic_height_in_map_units_minus1") + 1;
  const isInterlaced = !reader.flag(); // frame_mbs_only_flag
  if (isInterlaced) reader.bit(); // mb_adaptive_frame_field_flag
  reader.bit(); // direct_8x8_inference_flag
  const codedWidth = widthMbs * 16;
  const codedHeight = heightMapUnits * 16 * (isInterlaced ? 2 : 1);
  const crop = readCropping(reader, format, isInterlaced);
  const [width, height] = [codedWidth - crop.width, codedHeight - crop.height];
  if (width <= 0 || height <= 0)
    reader.fail(`cropping within ${codedWidth}x${codedHeight}`, `${width}x${height}`);
  const vui = reader.flag() ? readVui(reader) : NO_VUI;
  return {
    profileIdc,
    constraintFlags,
    levelIdc,
    id,
    chromaFormatIdc: format.chromaFormatIdc,
    bitDepthLuma: format.bitDepthLuma,
    bitDepthChroma: format.bitDepthChroma,
    picOrderCntType,
    isInterlaced,
    width,
    height,
    ...vui,
  };
}

/** The codec's name for browsers and manifests, like `avc1.64001f` (RFC 6381, 3.3). */
export function h264CodecString({ profileIdc, constraintFlags, levelIdc }: Sps): string {
  const hex = [profileIdc, constraintFlags, levelIdc].map((byte) => byte.toString(16).padStart(2, "0"));
  return `avc1.${hex.join("")}`;
}

/** Takes out every emulation_prevention_three_byte (7.4.1): the 3 of 00 00 03. */
export function withoutEmulationPrevention(bytes: Uint8Array): Uint8Array {
  const out = new Uint8Array(bytes.length);
  let length = 0;
  let zeros = 0;
  for (const byte of bytes) {
    const isEmulationPrevention = zeros >= 2 && byte === 3;
    zeros = byte === 0 ? zeros + 1 : 0;
    if (!isEmulationPrevention) out[length++] = byte;
  }
  return out.subarray(0, length);
}

interface Format {
  readonly chromaFormatIdc: number;
  readonly separateColourPlanes: boolean;
  readonly bitDepthLuma: number;
  readonly bitDepthChroma: number;
}

const BASE_FORMAT: Format = {
  chromaFormatIdc: 1,
  separateColourPlanes: false,
  bitDepthLuma: 8,
  bitDepthChroma: 8,
};

function readFormat(reader: BitReader): Format {
  const chromaFormatIdc = reader.ueUpTo(3, "chroma_format_idc");
  const separateColourPlanes = chromaFormatIdc === 3 && reader.flag();
  const bitDepthLuma = 8 + reader.ueUpTo(6, "bit_depth_luma_minus8");
  const bitDepthChroma = 8 + reader.ueUpTo(6, "bit_depth_chroma_minus8");
  reader.bit(); // qpprime_y_zero_transform_bypass_flag
  if (reader.flag()) skipScalingMatrix(reader, chromaFormatIdc === 3 ? 12 : 8);
  return { chromaFormatIdc, separateColourPlanes, bitDepthLuma, bitDepthChroma };
}

function skipScalingMatrix(reader: BitReader, lists: number): void {
  for (let list = 0; list < lists; list++) {
    if (reader.flag()) skipScalingList(reader, list < 6 ? 16 : 64);
  }
}

/** scaling_list (7.3.2.1.1.1): deltas follow until the next scale becomes 0. */
function skipScalingList(reader: BitReader, size: number): void {
  let scale = 8;
  for (let index = 0; index < size && scale !== 0; index++) {
    const delta = reader.se(); // delta_scale
    if (delta < -128 || delta > 127) reader.fail("delta_scale of -128 to 127", delta);
    scale = (scale + delta + 256) % 256;
  }
}

function skipPicOrderCnt(reader: BitReader, type: number): void {
  if (type === 0) {
    reader.ueUpTo(12, "log2_max_pic_order_cnt_lsb_minus4");
  } else if (type === 1) {
    reader.bit(); // delta_pic_order_always_zero_flag
    reader.se(); // offset_for_non_ref_pic
    reader.se(); // offset_for_top_to_bottom_field
    const count = reader.ueUpTo(255, "num_ref_frames_in_pic_order_cnt_cycle");
    for (let index = 0; index < count; index++) reader.se(); // offset_for_ref_frame
  }
}

/** What frame_crop_*_offset take off, in luma samples (7.4.2.1.1, CropUnitX and CropUnitY). */
function readCropping(
  reader: BitReader,
  format: Format,
  isInterlaced: boolean,
): { width: number; height: number } {
  if (!reader.flag()) return { width: 0, height: 0 }; // frame_cropping_flag
  const chromaArrayType = format.separateColourPlanes ? 0 : format.chromaFormatIdc;
  const unitX = chromaArrayType === 1 || chromaArrayType === 2 ? 2 : 1;
  const unitY = (chromaArrayType === 1 ? 2 : 1) * (isInterlaced ? 2 : 1);
  const [left, right, top, bottom] = [reader.ue(), reader.ue(), reader.ue(), reader.ue()];
  return { width: (left + right) * unitX, height: (top + bottom) * unitY };
}

type Vui = Pick<Sps, "sampleAspectRatio" | "frameRate" | "maxReorderFrames">;

const NO_VUI: Vui = { sampleAspectRatio: null, frameRate: null, maxReorderFrames: null };

/** vui_parameters (E.1.1). */
function readVui(reader: BitReader): Vui {
  const sampleAspectRatio = reader.flag() ? readSampleAspectRatio(reader) : null;
  if (reader.flag()) reader.bit(); // overscan_info_present_flag: overscan_appropriate_flag
  if (reader.flag()) {
    reader.bits(4); // video_signal_type_present_flag: video_format, video_full_range_flag
    if (reader.flag()) reader.bits(24); // colour_primaries, transfer_characteristics, matrix_coefficients
  }
  if (reader.flag()) {
    reader.ueUpTo(5, "chroma_sample_loc_type_top_field");
    reader.ueUpTo(5, "chroma_sample_loc_type_bottom_field");
  }
  const frameRate = reader.flag() ? readFrameRate(reader) : null;
  const hasNalHrd = reader.flag();
  if (hasNalHrd) skipHrd(reader);
  const hasVclHrd = reader.flag();
  if (hasVclHrd) skipHrd(reader);
  if (hasNalHrd || hasVclHrd) reader.bit(); // low_delay_hrd_flag
  reader.bit(); // pic_struct_present_flag
  const maxReorderFrames = reader.flag() ? readMaxReorderFrames(reader) : null;
  return { sampleAspectRatio, frameRate, maxReorderFrames };
}

/** aspect_ratio_idc 1 to 16 (table E-1). */
const SAMPLE_ASPECT_RATIOS = [
  [1, 1],
  [12, 11],
  [10, 11],
  [16, 11],
  [40, 33],
  [24, 11],
  [20, 11],
  [32, 11],
  [80, 33],
  [18, 11],
  [15, 11],
  [64, 33],
  [160, 99],
  [4, 3],
  [3, 2],
  [2, 1],
] as const;

const EXTENDED_SAR = 255;

function readSampleAspectRatio(reader: BitReader): Vui["sampleAspectRatio"] {
  const aspectRatioIdc = reader.bits(8);
  const [width, height] =
    aspectRatioIdc === EXTENDED_SAR
      ? [reader.bits(16), reader.bits(16)]
      : (SAMPLE_ASPECT_RATIOS[aspectRatioIdc - 1] ?? [0, 0]);
  return width === 0 || height === 0 ? null : { width, height }; // 0 means unspecified (E.2.1)
}

/** A tick is half a frame (E.2.1, num_units_in_tick). */
function readFrameRate(reader: BitReader): number | null {
  const numUnitsInTick = reader.bits(32);
  const timeScale = reader.bits(32);
  reader.bit(); // fixed_frame_rate_flag
  return numUnitsInTick === 0 || timeScale === 0 ? null : timeScale / (2 * numUnitsInTick);
}

/** hrd_parameters (E.1.2). */
function skipHrd(reader: BitReader): void {
  const count = reader.ueUpTo(31, "cpb_cnt_minus1") + 1;
  reader.bits(8); // bit_rate_scale, cpb_size_scale
  for (let index = 0; index < count; index++) {
    reader.ue(); // bit_rate_value_minus1
    reader.ue(); // cpb_size_value_minus1
    reader.bit(); // cbr_flag
  }
  reader.bits(20); // the lengths of three delays and of time_offset
}

/** bitstream_restriction: what stands before max_dec_frame_buffering. */
function readMaxReorderFrames(reader: BitReader): number {
  reader.bit(); // motion_vectors_over_pic_boundaries_flag
  reader.ue(); // max_bytes_per_pic_denom
  reader.ue(); // max_bits_per_mb_denom
  reader.ue(); // log2_max_mv_length_horizontal
  reader.ue(); // log2_max_mv_length_vertical
  return reader.ueUpTo(16, "max_num_reorder_frames");
}
