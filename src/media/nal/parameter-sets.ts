import { Buffer } from "node:buffer";
import type { BitReader } from "../bit-reader.ts";
import { CorruptInputError } from "../corrupt-input.ts";
import type { NalSets, SpsUnit, UsedSets } from "./codec.ts";

/** Where the parameter sets of a codec have their ids. */
export interface SetSyntax<Sps> {
  readonly parseSps: (unit: Uint8Array) => Sps;
  readonly isSps: (unit: Uint8Array) => boolean;
  /** Behind the header of a unit, which is named so in messages. */
  readonly payload: (unit: Uint8Array, name: string) => BitReader;
  readonly maxSpsId: number;
  readonly maxPpsId: number;
  /** Up to the id of the PPS in a slice's header. */
  readonly skipToPpsId: (reader: BitReader, slice: Uint8Array) => void;
}

/** An avcC and an hvcC have 16 bits for the length of a set. */
const MAX_SET_BYTES = 0xffff;

/** The SPS and PPS of a stream by their ids; a later one replaces an earlier (ITU-T H.264, 7.4.1.2.1; H.265, 7.4.2.4.2). */
export class SpsAndPps<Sps extends { readonly id: number }> implements NalSets<Sps> {
  readonly #syntax: SetSyntax<Sps>;
  readonly #sps = new Map<number, SpsUnit<Sps>>();
  readonly #pps = new Map<number, { readonly unit: Uint8Array; readonly spsId: number }>();

  constructor(syntax: SetSyntax<Sps>) {
    this.#syntax = syntax;
  }

  /** A copy of it: the sets outlive the frame. */
  add(unit: Uint8Array): boolean {
    checkLength(unit);
    return this.#syntax.isSps(unit) ? this.#addSps(unit) : this.#addPps(unit);
  }

  usedBy(slice: Uint8Array): UsedSets<Sps> | null {
    const { payload, skipToPpsId, maxPpsId } = this.#syntax;
    const reader = payload(slice, "slice header");
    skipToPpsId(reader, slice);
    const pps = this.#pps.get(reader.ueUpTo(maxPpsId, "slice_pic_parameter_set_id"));
    const sps = pps && this.#sps.get(pps.spsId);
    return pps === undefined || sps === undefined ? null : { sps, pps: pps.unit };
  }

  /** The SPS and all its PPS: its pictures may be coded with each of them. */
  unitsOf({ unit: spsUnit, sps: { id } }: SpsUnit<Sps>): Uint8Array[] {
    return [spsUnit, ...[...this.#pps.values()].flatMap(({ unit, spsId }) => (spsId === id ? [unit] : []))];
  }

  #addSps(unit: Uint8Array): boolean {
    const sps = this.#syntax.parseSps(unit);
    if (isSame(unit, this.#sps.get(sps.id)?.unit)) return false;
    this.#sps.set(sps.id, { unit: new Uint8Array(unit), sps });
    return true;
  }

  #addPps(unit: Uint8Array): boolean {
    const { payload, maxPpsId, maxSpsId } = this.#syntax;
    const reader = payload(unit, "PPS");
    const id = reader.ueUpTo(maxPpsId, "pic_parameter_set_id");
    const spsId = reader.ueUpTo(maxSpsId, "seq_parameter_set_id");
    if (isSame(unit, this.#pps.get(id)?.unit)) return false;
    this.#pps.set(id, { unit: new Uint8Array(unit), spsId });
    return true;
  }
}

export function checkLength({ length }: Uint8Array): void {
  if (length <= MAX_SET_BYTES) return;
  throw new CorruptInputError(`parameter set: expected at most ${MAX_SET_BYTES} bytes, got ${length}`);
}

/** Whether a unit says what one did before. */
export function isSame(unit: Uint8Array, known: Uint8Array | undefined): boolean {
  return known !== undefined && Buffer.compare(known, unit) === 0;
}
