import { BitReader } from "../bit-reader.ts";
import { CorruptInputError } from "../corrupt-input.ts";
import { isSame, type NalSets, type SpsUnit, type UsedSets } from "../nal/track.ts";
import { NalUnitType, nalUnitType } from "./nal-unit.ts";
import { parseSps, type Sps, withoutEmulationPrevention } from "./sps.ts";

interface PpsUnit {
  readonly unit: Uint8Array;
  readonly spsId: number;
}

/** The ids stand in front: three Exp-Golomb codes at most. */
const FRONT_BYTES = 32;
/** An avcC has 16 bits for the length of a set. */
const MAX_SET_BYTES = 0xffff;

/** The SPS and PPS of a stream by their ids; a later one replaces an earlier (ITU-T H.264, 7.4.1.2.1). */
export class ParameterSets implements NalSets<Sps> {
  readonly #sps = new Map<number, SpsUnit<Sps>>();
  readonly #pps = new Map<number, PpsUnit>();

  /** Takes an SPS or PPS (a copy: the sets outlive the frame); true when it is new or differs from before. */
  add(unit: Uint8Array): boolean {
    if (unit.length > MAX_SET_BYTES) {
      throw new CorruptInputError(
        `parameter set: expected at most ${MAX_SET_BYTES} bytes, got ${unit.length}`,
      );
    }
    if (isType(unit, NalUnitType.sps)) {
      const sps = parseSps(unit);
      if (isSame(unit, this.#sps.get(sps.id)?.unit)) return false;
      this.#sps.set(sps.id, { unit: new Uint8Array(unit), sps });
      return true;
    }
    const reader = front(unit, "PPS");
    const id = reader.ueUpTo(255, "pic_parameter_set_id");
    const spsId = reader.ueUpTo(31, "seq_parameter_set_id");
    if (isSame(unit, this.#pps.get(id)?.unit)) return false;
    this.#pps.set(id, { unit: new Uint8Array(unit), spsId });
    return true;
  }

  /** The sets that a slice is coded with: its PPS, and the SPS of that (7.3.3); `null` while one of them is missing. */
  usedBy(slice: Uint8Array): UsedSets<Sps> | null {
    const reader = front(slice, "slice header");
    reader.ue(); // first_mb_in_slice
    reader.ue(); // slice_type
    const pps = this.#pps.get(reader.ueUpTo(255, "pic_parameter_set_id"));
    const sps = pps && this.#sps.get(pps.spsId);
    return pps === undefined || sps === undefined ? null : { sps, pps: pps.unit };
  }

  /** The SPS and all its PPS: its pictures may be coded with each of them. */
  unitsOf({ unit: spsUnit, sps: { id } }: SpsUnit<Sps>): Uint8Array[] {
    return [spsUnit, ...[...this.#pps.values()].flatMap(({ unit, spsId }) => (spsId === id ? [unit] : []))];
  }
}

function front(unit: Uint8Array, name: string): BitReader {
  return new BitReader(withoutEmulationPrevention(unit.subarray(1, FRONT_BYTES)), name);
}

function isType(unit: Uint8Array, type: number): boolean {
  return unit[0] !== undefined && nalUnitType(unit[0]) === type;
}
