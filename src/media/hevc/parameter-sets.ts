import { BitReader } from "../bit-reader.ts";
import { CorruptInputError } from "../corrupt-input.ts";
import { withoutEmulationPrevention } from "../h264/sps.ts";
import { isSame, type NalSets, type SpsUnit, type UsedSets } from "../nal/track.ts";
import { headerBytes, isIrap, NalUnitType, nalUnitType } from "./nal-unit.ts";
import { parseSps, type Sps } from "./sps.ts";

interface PpsUnit {
  readonly unit: Uint8Array;
  readonly spsId: number;
}

/** The ids stand in front: two flags and two Exp-Golomb codes at most. */
const FRONT_BYTES = 32;
/** An hvcC has 16 bits for the length of a set. */
const MAX_SET_BYTES = 0xffff;

/** The VPS, SPS and PPS of a stream by their ids; a later one replaces an earlier (ITU-T H.265, 7.4.2.4.2). */
export class ParameterSets implements NalSets<Sps> {
  readonly #vps = new Map<number, Uint8Array>();
  readonly #sps = new Map<number, SpsUnit<Sps>>();
  readonly #pps = new Map<number, PpsUnit>();

  /** A copy of it: the sets outlive the frame. */
  add(unit: Uint8Array): boolean {
    if (unit.length > MAX_SET_BYTES)
      throw new CorruptInputError(
        `H.265 parameter set: expected at most ${MAX_SET_BYTES} bytes, got ${unit.length}`,
      );
    switch (nalUnitType(unit)) {
      case NalUnitType.vps:
        return this.#addVps(unit);
      case NalUnitType.sps:
        return this.#addSps(unit);
      default:
        return this.#addPps(unit);
    }
  }

  /** slice_segment_header (7.3.6.1) begins with what tells the PPS; a picture without its VPS is of no use either. */
  usedBy(slice: Uint8Array): UsedSets<Sps> | null {
    const reader = front(slice, "slice segment header");
    reader.bit(); // first_slice_segment_in_pic_flag
    if (isIrap(nalUnitType(slice))) reader.bit(); // no_output_of_prior_pics_flag
    const pps = this.#pps.get(reader.ueUpTo(63, "slice_pic_parameter_set_id"));
    const sps = pps && this.#sps.get(pps.spsId);
    if (pps === undefined || sps === undefined || !this.#vps.has(sps.sps.vpsId)) return null;
    return { sps, pps: pps.unit };
  }

  unitsOf({ unit: spsUnit, sps: { id, vpsId } }: SpsUnit<Sps>): Uint8Array[] {
    const vps = this.#vps.get(vpsId);
    const pps = [...this.#pps.values()].flatMap(({ unit, spsId }) => (spsId === id ? [unit] : []));
    return [...(vps === undefined ? [] : [vps]), spsUnit, ...pps];
  }

  #addVps(unit: Uint8Array): boolean {
    const id = front(unit, "VPS").bits(4); // vps_video_parameter_set_id
    if (isSame(unit, this.#vps.get(id))) return false;
    this.#vps.set(id, new Uint8Array(unit));
    return true;
  }

  #addSps(unit: Uint8Array): boolean {
    const sps = parseSps(unit);
    if (isSame(unit, this.#sps.get(sps.id)?.unit)) return false;
    this.#sps.set(sps.id, { unit: new Uint8Array(unit), sps });
    return true;
  }

  #addPps(unit: Uint8Array): boolean {
    const reader = front(unit, "PPS");
    const id = reader.ueUpTo(63, "pps_pic_parameter_set_id");
    const spsId = reader.ueUpTo(15, "pps_seq_parameter_set_id");
    if (isSame(unit, this.#pps.get(id)?.unit)) return false;
    this.#pps.set(id, { unit: new Uint8Array(unit), spsId });
    return true;
  }
}

function front(unit: Uint8Array, name: string): BitReader {
  return new BitReader(withoutEmulationPrevention(unit.subarray(headerBytes, FRONT_BYTES)), `H.265 ${name}`);
}
