import { BitReader } from "../bit-reader.ts";
import { SpsAndPps } from "../nal/parameter-sets.ts";
import { NalUnitType, nalUnitType } from "./nal-unit.ts";
import { parseSps, type Sps, withoutEmulationPrevention } from "./sps.ts";

/** The ids stand in front: three Exp-Golomb codes at most. */
const FRONT_BYTES = 32;

export class ParameterSets extends SpsAndPps<Sps> {
  constructor() {
    super({
      ...{ parseSps, maxSpsId: 31, maxPpsId: 255 },
      isSps: ([header = 0]) => nalUnitType(header) === NalUnitType.sps,
      payload: (unit, name) => new BitReader(withoutEmulationPrevention(unit.subarray(1, FRONT_BYTES)), name),
      skipToPpsId: (reader) => {
        reader.ue(); // first_mb_in_slice
        reader.ue(); // slice_type
      },
    });
  }
}
