import type { BitReader } from "../bit-reader.ts";
import { CorruptInputError } from "../corrupt-input.ts";

/** Video usability information (ITU-T H.264, annex E), as far as a container or a player asks for it. */
export interface Vui {
  /** Frames a second, from the VUI timing; `null` when it has none. */
  readonly frameRate: number | null;
  /** max_num_reorder_frames; `null` when the stream does not say. */
  readonly maxReorderFrames: number | null;
}

/** Of a stream that has none: it does not say. */
export const NO_VUI: Vui = { frameRate: null, maxReorderFrames: null };

/**
 * Reads vui_parameters (E.1.1) up to what stands before max_dec_frame_buffering. Decoders can do without: of one that is
 * cut short or has values that it may not have, what stands before counts.
 */
export function readVui(reader: BitReader): Vui {
  const vui = { ...NO_VUI };
  try {
    readInto(vui, reader);
  } catch (error) {
    if (!(error instanceof CorruptInputError)) throw error;
  }
  return vui;
}

/** Of aspect_ratio_idc (table E-1). */
const EXTENDED_SAR = 255;

function readInto(vui: { -readonly [Field in keyof Vui]: Vui[Field] }, reader: BitReader): void {
  if (reader.flag() && reader.bits(8) === EXTENDED_SAR) reader.bits(32); // aspect_ratio_idc: sar_width, sar_height
  if (reader.flag()) reader.bit(); // overscan_info_present_flag: overscan_appropriate_flag
  if (reader.flag()) {
    reader.bits(4); // video_signal_type_present_flag: video_format, video_full_range_flag
    if (reader.flag()) reader.bits(24); // colour_primaries, transfer_characteristics, matrix_coefficients
  }
  if (reader.flag()) {
    reader.ueUpTo(5, "chroma_sample_loc_type_top_field");
    reader.ueUpTo(5, "chroma_sample_loc_type_bottom_field");
  }
  if (reader.flag()) vui.frameRate = readFrameRate(reader);
  const hasNalHrd = reader.flag();
  if (hasNalHrd) skipHrd(reader);
  const hasVclHrd = reader.flag();
  if (hasVclHrd) skipHrd(reader);
  if (hasNalHrd || hasVclHrd) reader.bit(); // low_delay_hrd_flag
  reader.bit(); // pic_struct_present_flag
  if (reader.flag()) vui.maxReorderFrames = readMaxReorderFrames(reader);
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
