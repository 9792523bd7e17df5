import { BitReader } from "../bit-reader.ts";

/** A sequence header, as far as a container asks for it. */
export interface SequenceHeader {
  /** seq_profile */
  readonly profile: number;
  /** seq_level_idx[0] */
  readonly level: number;
  /** seq_tier[0] */
  readonly tier: number;
  /** reduced_still_picture_header: frame headers are without the fields that tell of showing. */
  readonly isReducedStill: boolean;
  /** enable_order_hint */
  readonly hasOrderHint: boolean;
  readonly color: ColorConfig;
  /** max_frame_width_minus_1 plus 1, and the height. */
  readonly width: number;
  readonly height: number;
}

/** What color_config says of samples. */
export interface ColorConfig {
  readonly bitDepth: 8 | 10 | 12;
  readonly isMonochrome: boolean;
  /** subsampling_x and subsampling_y: both 1 is 4:2:0. */
  readonly subsamplingX: number;
  readonly subsamplingY: number;
  readonly chromaSamplePosition: number;
}

/** Parses the payload of an OBU_SEQUENCE_HEADER (AV1 bitstream specification, 5.5.1); bad values are `CorruptInputError`. */
export function parseSequenceHeader(payload: Uint8Array): SequenceHeader {
  const reader = new BitReader(payload, "AV1 sequence header");
  const profile = reader.bits(3);
  if (profile > 2) reader.fail("seq_profile of at most 2", profile);
  reader.bit(); // still_picture
  const isReducedStill = reader.flag();
  const { level, tier } = isReducedStill ? { level: reader.bits(5), tier: 0 } : readOperatingPoints(reader);
  const widthBits = reader.bits(4) + 1;
  const heightBits = reader.bits(4) + 1;
  const width = reader.bits(widthBits) + 1;
  const height = reader.bits(heightBits) + 1;
  const hasOrderHint = readTools(reader, isReducedStill);
  const color = readColorConfig(reader, profile);
  return { profile, level, tier, isReducedStill, hasOrderHint, width, height, color };
}

/** From timing_info_present_flag on; the first operating point's count. */
function readOperatingPoints(reader: BitReader): { level: number; tier: number } {
  const hasTimingInfo = reader.flag();
  const delayBits = hasTimingInfo ? readTimingInfo(reader) : null;
  const hasInitialDelays = reader.flag(); // initial_display_delay_present_flag
  const count = reader.bits(5) + 1; // operating_points_cnt_minus_1
  const points = Array.from({ length: count }, () => {
    reader.bits(12); // operating_point_idc
    const level = reader.bits(5); // seq_level_idx
    const tier = level > 7 ? reader.bit() : 0; // seq_tier
    if (delayBits !== null && reader.flag()) {
      reader.bits(delayBits); // decoder_buffer_delay
      reader.bits(delayBits); // encoder_buffer_delay
      reader.bit(); // low_delay_mode_flag
    }
    if (hasInitialDelays && reader.flag()) reader.bits(4); // initial_display_delay_minus_1
    return { level, tier };
  });
  return points[0] ?? reader.fail("an operating point", "none");
}

/** timing_info (5.5.3) and decoder_model_info (5.5.4). @returns buffer_delay_length; null without a decoder model */
function readTimingInfo(reader: BitReader): number | null {
  reader.bits(32); // num_units_in_display_tick
  reader.bits(32); // time_scale
  if (reader.flag()) reader.ue(); // equal_picture_interval: num_ticks_per_picture_minus_1, uvlc()
  if (!reader.flag()) return null; // decoder_model_info_present_flag
  const delayBits = reader.bits(5) + 1; // buffer_delay_length_minus_1
  reader.bits(32); // num_units_in_decoding_tick
  reader.bits(5); // buffer_removal_time_length_minus_1
  reader.bits(5); // frame_presentation_time_length_minus_1
  return delayBits;
}

/** What stands between the size and color_config. @returns enable_order_hint */
function readTools(reader: BitReader, isReducedStill: boolean): boolean {
  let hasOrderHint = false;
  if (!isReducedStill && reader.flag()) reader.bits(4 + 3); // frame_id_numbers_present_flag: two lengths
  reader.bits(3); // use_128x128_superblock, enable_filter_intra, enable_intra_edge_filter
  if (!isReducedStill) {
    reader.bits(4); // enable_interintra_compound, _masked_compound, _warped_motion, _dual_filter
    hasOrderHint = reader.flag(); // enable_order_hint
    if (hasOrderHint) reader.bits(2); // enable_jnt_comp, enable_ref_frame_mvs
    const isChosenByFrame = reader.flag(); // seq_choose_screen_content_tools
    const hasScreenContentTools = isChosenByFrame || reader.flag(); // seq_force_screen_content_tools
    if (hasScreenContentTools && !reader.flag()) reader.bit(); // seq_choose_integer_mv: seq_force_integer_mv
    if (hasOrderHint) reader.bits(3); // order_hint_bits_minus_1
  }
  reader.bits(3); // enable_superres, enable_cdef, enable_restoration
  return hasOrderHint;
}

const BT_709 = 1;
const SRGB = 13;
const IDENTITY = 0;

/** color_config (5.5.2). */
function readColorConfig(reader: BitReader, profile: number): ColorConfig {
  const isHighBitDepth = reader.flag();
  const bitDepth = profile === 2 && isHighBitDepth ? (reader.flag() ? 12 : 10) : isHighBitDepth ? 10 : 8;
  const isMonochrome = profile !== 1 && reader.flag(); // mono_chrome
  const hasDescription = reader.flag(); // color_description_present_flag
  const [primaries, transfer, matrix] = hasDescription
    ? [reader.bits(8), reader.bits(8), reader.bits(8)]
    : [null, null, null];
  const isSrgb = primaries === BT_709 && transfer === SRGB && matrix === IDENTITY;
  if (!isMonochrome && isSrgb) return sampling(bitDepth, false, 0, 0, 0);
  reader.bit(); // color_range
  if (isMonochrome) return sampling(bitDepth, true, 1, 1, 0);
  const [x, y] = readSubsampling(reader, profile, bitDepth);
  const chromaSamplePosition = x === 1 && y === 1 ? reader.bits(2) : 0;
  return sampling(bitDepth, false, x, y, chromaSamplePosition);
}

function readSubsampling(reader: BitReader, profile: number, bitDepth: number): readonly [number, number] {
  if (profile === 0) return [1, 1];
  if (profile === 1) return [0, 0];
  if (bitDepth !== 12) return [1, 0];
  const x = reader.bit();
  return [x, x === 1 ? reader.bit() : 0];
}

function sampling(
  bitDepth: ColorConfig["bitDepth"],
  isMonochrome: boolean,
  subsamplingX: number,
  subsamplingY: number,
  chromaSamplePosition: number,
): ColorConfig {
  return { bitDepth, isMonochrome, subsamplingX, subsamplingY, chromaSamplePosition };
}
