import { BitReader } from "../bit-reader.ts";
import { NalUnitType, nalUnitType } from "./nal-unit.ts";
import { type Sps, withoutEmulationPrevention } from "./sps.ts";

/** What stands in a slice header up to pic_order_cnt_lsb is no longer. */
const FRONT_BYTES = 48;
/** slice_type, without what says that all slices are so. */
const B = 1;
/** Of the first pictures one is enough; later it takes so many after one IDR picture, since one may be damaged. */
const LOOKED_AT = 64;
const STRAYS = 3;

/**
 * Finds B-frames by what pictures say themselves, where nothing else tells when they are to be shown: a B picture whose order count
 * is less than that of one coded before it (ITU-T H.264, 8.2.1.1).
 */
export class PictureOrder {
  #pictures = 0;
  #strays = 0;
  #msb = 0;
  #lsb = 0;
  #highest = 0;

  /** To be told of a slice of each picture; true where they are reordered. @throws CorruptInputError for a slice that cannot be read */
  isReordered(slice: Uint8Array, sps: Sps): boolean {
    // Type 2 has no reordering (8.2.1.3), and nobody is known to make type 1 with B-frames.
    if (sps.picOrderCntType !== 0) return false;
    const { isIdr, isB, lsb } = readSlice(slice, sps);
    this.#pictures++;
    if (isIdr) this.#begin();
    const count = this.#count(lsb, 2 ** sps.log2MaxPicOrderCntLsb);
    if (isB && count < this.#highest) this.#strays++;
    this.#highest = Math.max(count, this.#highest);
    return this.#strays >= (this.#pictures <= LOOKED_AT ? 1 : STRAYS);
  }

  #begin(): void {
    this.#strays = 0;
    this.#msb = 0;
    this.#lsb = 0;
    this.#highest = 0;
  }

  #count(lsb: number, range: number): number {
    if (lsb < this.#lsb && this.#lsb - lsb >= range / 2) this.#msb += range;
    else if (lsb > this.#lsb && lsb - this.#lsb > range / 2) this.#msb -= range;
    this.#lsb = lsb;
    return this.#msb + lsb;
  }
}

/** slice_header (7.3.3) up to pic_order_cnt_lsb. */
function readSlice(slice: Uint8Array, sps: Sps): { isIdr: boolean; isB: boolean; lsb: number } {
  const isIdr = nalUnitType(slice[0] ?? 0) === NalUnitType.idrSlice;
  const reader = new BitReader(withoutEmulationPrevention(slice.subarray(1, FRONT_BYTES)), "slice header");
  reader.ue(); // first_mb_in_slice
  const isB = reader.ueUpTo(9, "slice_type") % 5 === B;
  reader.ue(); // pic_parameter_set_id
  if (sps.hasSeparateColourPlanes) reader.bits(2); // colour_plane_id
  reader.bits(sps.log2MaxFrameNum); // frame_num
  if (sps.isInterlaced && reader.flag()) reader.bit(); // field_pic_flag: bottom_field_flag
  if (isIdr) reader.ue(); // idr_pic_id
  return { isIdr, isB, lsb: reader.bits(sps.log2MaxPicOrderCntLsb) };
}
