import { BitReader } from "../bit-reader.ts";
import { CorruptInputError } from "../corrupt-input.ts";
import { NalUnitType, nalUnitType } from "./nal-unit.ts";
import { NO_VUI, readVui, type Vui } from "./vui.ts";

/** A sequence parameter set, as far as a container or a player asks for it. */
export interface Sps extends Vui {
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
  readonly log2MaxFrameNum: number;
  readonly picOrderCntType: number;
  /** 0 where `picOrderCntType` is not 0. */
  readonly log2MaxPicOrderCntLsb: number;
  /** separate_colour_plane_flag */
  readonly hasSeparateColourPlanes: boolean;
  /** Whether pictures may be fields (frame_mbs_only_flag is 0). */
  readonly isInterlaced: boolean;
  /** Displayed size in luma samples, cropping taken off. */
  readonly width: number;
  readonly height: number;
}

/** Profiles whose SPS tells the chroma format, bit depths and scaling lists (7.3.2.1.1). */
const HIGH_PROFILES: ReadonlySet<number> = new Set([
  100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135,
]);

/** A profile_idc without B slices (A.2.1). */
const BASELINE = 66;
/** The pic_order_cnt_type of pictures that are shown in the order in which they are coded (8.2.1.3). */
const IN_CODING_ORDER = 2;

/** Largest width or height in macroblocks of any level: sqrt(8 * MaxFS) at level 6.2 (table A-1). */
const MAX_SIDE_MBS = 1055;

/** Parses an SPS NAL unit, header included (ITU-T H.264, 7.3.2.1); bad values are `CorruptInputError`. */
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
  const log2MaxFrameNum = 4 + reader.ueUpTo(12, "log2_max_frame_num_minus4");
  const picOrderCntType = reader.ueUpTo(2, "pic_order_cnt_type");
  const log2MaxPicOrderCntLsb = readPicOrderCnt(reader, picOrderCntType);
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
    log2MaxFrameNum,
    picOrderCntType,
    log2MaxPicOrderCntLsb,
    hasSeparateColourPlanes: format.separateColourPlanes,
    isInterlaced,
    width,
    height,
    ...vui,
  };
}

/** By how many frames its pictures are reordered at the most; null where the SPS does not tell, as most do not. */
export function reorderDepth({ profileIdc, picOrderCntType, maxReorderFrames }: Sps): number | null {
  return profileIdc === BASELINE || picOrderCntType === IN_CODING_ORDER ? 0 : maxReorderFrames;
}

/** The codec's name for browsers and manifests, like `avc1.64001f` (RFC 6381, 3.3). */
export function h264CodecString({
  profileIdc,
  constraintFlags,
  levelIdc,
}: Pick<Sps, "profileIdc" | "constraintFlags" | "levelIdc">): string {
  const hex = [profileIdc, constraintFlags, levelIdc].map((byte) => byte.toString(16).padStart(2, "0"));
  return `avc1.${hex.join("")}`;
}

/** The same of an AVCDecoderConfigurationRecord, which repeats these fields of its first SPS as its bytes 1 to 3. */
export function avcCodecString(avcc: Uint8Array): string {
  if (avcc.length < 4) throw new CorruptInputError(`avcC: expected 4 bytes or more, got ${avcc.length}`);
  const [, profileIdc = 0, constraintFlags = 0, levelIdc = 0] = avcc;
  return h264CodecString({ profileIdc, constraintFlags, levelIdc });
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

function readPicOrderCnt(reader: BitReader, type: number): number {
  if (type === 0) return 4 + reader.ueUpTo(12, "log2_max_pic_order_cnt_lsb_minus4");
  if (type === 1) {
    reader.bit(); // delta_pic_order_always_zero_flag
    reader.se(); // offset_for_non_ref_pic
    reader.se(); // offset_for_top_to_bottom_field
    const count = reader.ueUpTo(255, "num_ref_frames_in_pic_order_cnt_cycle");
    for (let index = 0; index < count; index++) reader.se(); // offset_for_ref_frame
  }
  return 0;
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

const CHROMA_FORMATS = ["monochrome", "4:2:0", "4:2:2", "4:4:4"] as const;

/** What is not 4:2:0 (or monochrome) with 8 bits, the one format that every decoder of High has: `4:2:2 with 10 bits`. */
export function unusualFormat({ chromaFormatIdc, bitDepthLuma, bitDepthChroma }: Sps): string | null {
  const bits = Math.max(bitDepthLuma, bitDepthChroma);
  if (chromaFormatIdc <= 1 && bits === 8) return null;
  const format = CHROMA_FORMATS[chromaFormatIdc] ?? "of an unknown format";
  return bits === 8 ? format : `${format} with ${bits} bits`;
}
