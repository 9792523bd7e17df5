import { BitReader } from "../bit-reader.ts";
import { withoutEmulationPrevention } from "../h264/sps.ts";
import type { SpsUnit, UsedSets } from "../nal/codec.ts";
import { checkLength, isSame, SpsAndPps } from "../nal/parameter-sets.ts";
import { headerBytes, isIrap, NalUnitType, nalUnitType } from "./nal-unit.ts";
import { parseSps, type Sps } from "./sps.ts";

/** The ids stand in front: two flags and two Exp-Golomb codes at most. */
const FRONT_BYTES = 32;

/** With a VPS, without which a picture is of no use either. */
export class ParameterSets extends SpsAndPps<Sps> {
  readonly #vps = new Map<number, Uint8Array>();

  constructor() {
    super({
      ...{ parseSps, payload, maxSpsId: 15, maxPpsId: 63 },
      isSps: (unit) => nalUnitType(unit) === NalUnitType.sps,
      skipToPpsId: (reader, slice) => {
        reader.bit(); // first_slice_segment_in_pic_flag
        if (isIrap(nalUnitType(slice))) reader.bit(); // no_output_of_prior_pics_flag
      },
    });
  }

  override add(unit: Uint8Array): boolean {
    if (nalUnitType(unit) !== NalUnitType.vps) return super.add(unit);
    checkLength(unit);
    const id = payload(unit, "VPS").bits(4); // vps_video_parameter_set_id
    if (isSame(unit, this.#vps.get(id))) return false;
    this.#vps.set(id, new Uint8Array(unit));
    return true;
  }

  override usedBy(slice: Uint8Array): UsedSets<Sps> | null {
    const used = super.usedBy(slice);
    return used !== null && this.#vps.has(used.sps.sps.vpsId) ? used : null;
  }

  override unitsOf(sps: SpsUnit<Sps>): Uint8Array[] {
    const vps = this.#vps.get(sps.sps.vpsId);
    return [...(vps === undefined ? [] : [vps]), ...super.unitsOf(sps)];
  }
}

function payload(unit: Uint8Array, name: string): BitReader {
  return new BitReader(withoutEmulationPrevention(unit.subarray(headerBytes, FRONT_BYTES)), `H.265 ${name}`);
}
