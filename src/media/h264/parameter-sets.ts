import { Buffer } from "node:buffer";
import { BitReader } from "../bit-reader.ts";
import { CorruptInputError } from "../corrupt-input.ts";
import { NalUnitType, nalUnitType } from "./nal-unit.ts";
import { parseSps, type Sps, withoutEmulationPrevention } from "./sps.ts";

/** A sequence parameter set beside what it says. */
export interface SpsUnit {
  readonly unit: Uint8Array;
  readonly sps: Sps;
}

interface PpsUnit {
  readonly unit: Uint8Array;
  readonly spsId: number;
}

/** The ids stand in front: three Exp-Golomb codes at most. */
const FRONT_BYTES = 32;
/** An avcC has 16 bits for the length of a set. */
const MAX_SET_BYTES = 0xffff;

/** The SPS and PPS of a stream by their ids; a later one replaces an earlier (ITU-T H.264, 7.4.1.2.1). */
export class ParameterSets {
  readonly #sps = new Map<number, SpsUnit>();
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
      if (isSame(this.#sps.get(sps.id)?.unit, unit)) return false;
      this.#sps.set(sps.id, { unit: new Uint8Array(unit), sps });
      return true;
    }
    const reader = front(unit, "PPS");
    const id = reader.ueUpTo(255, "pic_parameter_set_id");
    const spsId = reader.ueUpTo(31, "seq_parameter_set_id");
    if (isSame(this.#pps.get(id)?.unit, unit)) return false;
    this.#pps.set(id, { unit: new Uint8Array(unit), spsId });
    return true;
  }

  /** The SPS that a slice is coded with, by way of its PPS (7.3.3); `null` while one of them is missing. */
  spsOf(slice: Uint8Array): SpsUnit | null {
    const reader = front(slice, "slice header");
    reader.ue(); // first_mb_in_slice
    reader.ue(); // slice_type
    const pps = this.#pps.get(reader.ueUpTo(255, "pic_parameter_set_id"));
    return (pps && this.#sps.get(pps.spsId)) ?? null;
  }

  /** What now stands under the id of an SPS that was in use. */
  current(used: SpsUnit): SpsUnit {
    return this.#sps.get(used.sps.id) ?? used;
  }

  /** All SPS units, `first` in front: a configuration record takes its profile from there. */
  spsUnits(first: SpsUnit): Uint8Array[] {
    const others = [...this.#sps.values()].filter(({ sps }) => sps.id !== first.sps.id);
    return [first, ...others].map(({ unit }) => unit);
  }

  /** All PPS units. */
  ppsUnits(): Uint8Array[] {
    return [...this.#pps.values()].map(({ unit }) => unit);
  }
}

function front(unit: Uint8Array, name: string): BitReader {
  return new BitReader(withoutEmulationPrevention(unit.subarray(1, FRONT_BYTES)), name);
}

function isType(unit: Uint8Array, type: number): boolean {
  return unit[0] !== undefined && nalUnitType(unit[0]) === type;
}

function isSame(known: Uint8Array | undefined, unit: Uint8Array): boolean {
  return known !== undefined && Buffer.compare(known, unit) === 0;
}
