import { Buffer } from "node:buffer";
import { CorruptInputError } from "../corrupt-input.ts";
import type { SequenceHeader } from "./sequence-header.ts";

/** marker 1, version 1 */
const MARKER_AND_VERSION = 0x81;
const FIXED_BYTES = 4;

/** Whether AV1's private data are an av1C and not bare OBUs, whose first bit is 0. */
export function isAv1c(extradata: Uint8Array): boolean {
  return extradata[0] === MARKER_AND_VERSION;
}

/** Makes an AV1CodecConfigurationRecord (AV1 in ISOBMFF, 2.3.3) with the OBU of its sequence header, without which mpegts.js fails. */
export function encodeAv1c({ profile, level, tier, color }: SequenceHeader, unit: Uint8Array): Uint8Array {
  return Buffer.concat([
    Uint8Array.of(
      MARKER_AND_VERSION,
      (profile << 5) | level, // seq_profile, seq_level_idx_0
      (tier << 7) | // seq_tier_0
        (color.bitDepth > 8 ? 0b100_0000 : 0) | // high_bitdepth
        (color.bitDepth === 12 ? 0b10_0000 : 0) | // twelve_bit
        (color.isMonochrome ? 0b1_0000 : 0) | // monochrome
        (color.subsamplingX << 3) | // chroma_subsampling_x
        (color.subsamplingY << 2) | // chroma_subsampling_y
        color.chromaSamplePosition, // chroma_sample_position
      0, // reserved, initial_presentation_delay_present
    ),
    unit, // configOBUs
  ]);
}

/** configOBUs: those that stand before the first frame. */
export function configObus(av1c: Uint8Array): Uint8Array {
  if (av1c.length < FIXED_BYTES)
    throw new CorruptInputError(`av1C: expected ${FIXED_BYTES} bytes or more, got ${av1c.length}`);
  return av1c.subarray(FIXED_BYTES);
}
