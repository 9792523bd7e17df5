import { BitReader } from "../bit-reader.ts";
import { type Obu, ObuType } from "./obu.ts";
import type { SequenceHeader } from "./sequence-header.ts";

const KEY_FRAME = 0; // frame_type

/** The unit with the frame header of a temporal unit's first frame. */
export function frameOf(obus: readonly Obu[]): Obu | undefined {
  return obus.find(({ type }) => type === ObuType.frame || type === ObuType.frameHeader);
}

/** Whether decoding can begin with a frame, by the front of its uncompressed_header (AV1 bitstream specification, 5.9.2). */
export function isShownKeyFrame({ payload }: Obu, { isReducedStill }: SequenceHeader): boolean {
  if (isReducedStill) return true;
  const reader = new BitReader(payload, "AV1 frame header");
  if (reader.flag()) return false; // show_existing_frame
  const frameType = reader.bits(2);
  return reader.flag() && frameType === KEY_FRAME; // show_frame
}
