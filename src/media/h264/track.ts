import type { NalCodec, NalUnitUse } from "../nal/codec.ts";
import { NalTrack, type NalTrackOptions } from "../nal/track.ts";
import { encodeAvcc, isAvcc, parseAvcc } from "./avcc.ts";
import { isSlice, isUnknownType, NalUnitType, nalRefIdc, nalUnitType } from "./nal-unit.ts";
import { ParameterSets } from "./parameter-sets.ts";
import { PictureOrder } from "./picture-order.ts";
import { isRecoveryPoint } from "./recovery-point.ts";
import { reorderDepth, type Sps } from "./sps.ts";

/** Units that do not belong in a container's frames: they say nothing there, or stand in the sequence header. */
const FRAMING: ReadonlySet<number> = new Set([
  NalUnitType.accessUnitDelimiter,
  NalUnitType.endOfSequence,
  NalUnitType.endOfStream,
  NalUnitType.filler,
  NalUnitType.spsExtension,
  NalUnitType.subsetSps,
]);

const h264: NalCodec<Sps> = {
  codec: "h264",
  name: "H.264",
  keyPicture: "an IDR picture",
  useOf: (unit) => useOf(typeOf(unit)),
  isReferenced: (unit) => nalRefIdc(unit[0] ?? 0) !== 0,
  describe: (unit) => `nal_unit_type ${typeOf(unit)}`,
  isRecoveryPoint,
  openSets: () => new ParameterSets(),
  readRecord: (extradata) => {
    if (!isAvcc(extradata)) return null;
    const { lengthBytes, spsUnits, ppsUnits } = parseAvcc(extradata);
    return { lengthBytes, units: [...spsUnits, ...ppsUnits] };
  },
  settings: (sps, [spsUnit = NO_UNIT, ...ppsUnits]) => {
    const { width, height } = sps;
    const maxReorderFrames = reorderDepth(sps);
    const decoderConfig = encodeAvcc({ spsUnits: [spsUnit], ppsUnits });
    return { decoderConfig, width, height, ...(maxReorderFrames === null ? {} : { maxReorderFrames }) };
  },
  openOrder: () => new PictureOrder(),
};

const NO_UNIT = new Uint8Array(0);

/** Access units of H.264 to packets: see `NalTrack`. */
export class H264Track extends NalTrack<Sps> {
  constructor(extradata: Uint8Array = NO_UNIT, options: NalTrackOptions = {}) {
    super(h264, extradata, options);
  }
}

/** What nal_ref_idc says of parameter sets, no decoder minds. */
function useOf(type: number): NalUnitUse {
  if (isUnknownType(type)) return "unknown";
  if (type === NalUnitType.sps || type === NalUnitType.pps) return "parameter-set";
  if (FRAMING.has(type)) return "framing";
  if (type === NalUnitType.idrSlice) return "key-slice";
  return isSlice(type) ? "slice" : "other";
}

function typeOf(unit: Uint8Array): number {
  return nalUnitType(unit[0] ?? 0);
}
