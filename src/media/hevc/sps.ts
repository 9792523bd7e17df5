import { BitReader } from "../bit-reader.ts";
import { CorruptInputError } from "../corrupt-input.ts";
import { withoutEmulationPrevention } from "../h264/sps.ts";
import { headerBytes, NalUnitType, nalUnitType } from "./nal-unit.ts";

/** A sequence parameter set of H.265, as far as a container or a player asks for it. */
export interface Sps {
  /** sps_video_parameter_set_id */
  readonly vpsId: number;
  /** sps_seq_parameter_set_id */
  readonly id: number;
  /** Of profile_tier_level, general_profile_space to general_level_idc: twelve bytes that the hvcC repeats. */
  readonly profileTierLevel: Uint8Array;
  /** sps_max_sub_layers_minus1 plus 1 */
  readonly subLayers: number;
  /** sps_temporal_id_nesting_flag */
  readonly isTemporalIdNested: boolean;
  /** 0 monochrome, 1 4:2:0, 2 4:2:2, 3 4:4:4 */
  readonly chromaFormatIdc: number;
  readonly bitDepthLuma: number;
  readonly bitDepthChroma: number;
  /** Displayed size in luma samples, the conformance window's cropping taken off. */
  readonly width: number;
  readonly height: number;
  /** sps_max_num_reorder_pics of the highest sub-layer. */
  readonly maxReorderPics: number;
}

/** sps_max_sub_layers_minus1 is 0 to 6. */
const MAX_SUB_LAYERS_MINUS1 = 6;
/** Before profile_tier_level stand sps_video_parameter_set_id, sps_max_sub_layers_minus1 and the nesting flag. */
const PROFILE_TIER_LEVEL_AT = 1;
const PROFILE_TIER_LEVEL_BYTES = 12;
/** sub_layer_profile_space to sub_layer_reserved_zero_bit */
const SUB_LAYER_PROFILE_BYTES = 11;
/** Largest width or height of any level: sqrt(8 * MaxLumaPs) at level 6.2 and above, 2^16 (A.4.1). */
const MAX_SIDE = 0x1_0000;

/** Parses an SPS NAL unit, header included (ITU-T H.265, 7.3.2.2.1), up to what stands before the coding tools; bad values are `CorruptInputError`. */
export function parseSps(unit: Uint8Array): Sps {
  const type = nalUnitType(unit);
  if (type !== NalUnitType.sps)
    throw new CorruptInputError(
      `H.265 SPS: expected nal_unit_type ${NalUnitType.sps}, got header byte ${unit[0]}`,
    );
  const payload = withoutEmulationPrevention(unit.subarray(headerBytes));
  const reader = new BitReader(payload, "H.265 SPS");
  const vpsId = reader.bits(4);
  const maxSubLayersMinus1 = reader.bits(3);
  if (maxSubLayersMinus1 > MAX_SUB_LAYERS_MINUS1)
    reader.fail("sps_max_sub_layers_minus1 of at most 6", maxSubLayersMinus1);
  const isTemporalIdNested = reader.flag();
  skipProfileTierLevel(reader, maxSubLayersMinus1);
  const id = reader.ueUpTo(15, "sps_seq_parameter_set_id");
  const chromaFormatIdc = reader.ueUpTo(3, "chroma_format_idc");
  const isSeparate = chromaFormatIdc === 3 && reader.flag(); // separate_colour_plane_flag
  const codedWidth = reader.ueUpTo(MAX_SIDE, "pic_width_in_luma_samples");
  const codedHeight = reader.ueUpTo(MAX_SIDE, "pic_height_in_luma_samples");
  const crop = readConformanceWindow(reader, isSeparate ? 0 : chromaFormatIdc);
  const [width, height] = [codedWidth - crop.width, codedHeight - crop.height];
  if (width <= 0 || height <= 0)
    reader.fail(`cropping within ${codedWidth}x${codedHeight}`, `${width}x${height}`);
  const bitDepthLuma = 8 + reader.ueUpTo(8, "bit_depth_luma_minus8");
  const bitDepthChroma = 8 + reader.ueUpTo(8, "bit_depth_chroma_minus8");
  reader.ueUpTo(12, "log2_max_pic_order_cnt_lsb_minus4");
  const maxReorderPics = readOrdering(reader, maxSubLayersMinus1);
  return {
    ...{ vpsId, id, subLayers: maxSubLayersMinus1 + 1, isTemporalIdNested },
    profileTierLevel: payload.slice(PROFILE_TIER_LEVEL_AT, PROFILE_TIER_LEVEL_AT + PROFILE_TIER_LEVEL_BYTES),
    ...{ chromaFormatIdc, bitDepthLuma, bitDepthChroma, width, height, maxReorderPics },
  };
}

/** profile_tier_level(1, sps_max_sub_layers_minus1) (7.3.3). */
function skipProfileTierLevel(reader: BitReader, maxSubLayersMinus1: number): void {
  for (let byte = 0; byte < PROFILE_TIER_LEVEL_BYTES; byte++) reader.bits(8);
  const presence = Array.from({ length: maxSubLayersMinus1 }, () => ({
    hasProfile: reader.flag(), // sub_layer_profile_present_flag
    hasLevel: reader.flag(), // sub_layer_level_present_flag
  }));
  if (maxSubLayersMinus1 > 0) reader.bits(2 * (8 - maxSubLayersMinus1)); // reserved_zero_2bits
  for (const { hasProfile, hasLevel } of presence) {
    const bytes = (hasProfile ? SUB_LAYER_PROFILE_BYTES : 0) + (hasLevel ? 1 : 0); // sub_layer_level_idc
    for (let byte = 0; byte < bytes; byte++) reader.bits(8);
  }
}

/** What conf_win_*_offset take off, in luma samples (7.4.3.2.1: SubWidthC, SubHeightC). */
function readConformanceWindow(
  reader: BitReader,
  chromaArrayType: number,
): { width: number; height: number } {
  if (!reader.flag()) return { width: 0, height: 0 }; // conformance_window_flag
  const unitX = chromaArrayType === 1 || chromaArrayType === 2 ? 2 : 1;
  const unitY = chromaArrayType === 1 ? 2 : 1;
  const [left, right, top, bottom] = [reader.ue(), reader.ue(), reader.ue(), reader.ue()];
  return { width: (left + right) * unitX, height: (top + bottom) * unitY };
}

/** sps_max_num_reorder_pics of the highest sub-layer, which is told of last. */
function readOrdering(reader: BitReader, maxSubLayersMinus1: number): number {
  const hasAll = reader.flag(); // sps_sub_layer_ordering_info_present_flag
  let maxReorderPics = 0;
  for (let layer = hasAll ? 0 : maxSubLayersMinus1; layer <= maxSubLayersMinus1; layer++) {
    reader.ueUpTo(15, "sps_max_dec_pic_buffering_minus1");
    maxReorderPics = reader.ueUpTo(15, "sps_max_num_reorder_pics");
    reader.ue(); // sps_max_latency_increase_plus1
  }
  return maxReorderPics;
}
