import { hasRecoveryPoint } from "../h264/recovery-point.ts";
import type { NalCodec } from "../nal/codec.ts";
import { NalTrack, type NalTrackOptions } from "../nal/track.ts";
import { encodeHvcc, isHvcc, parseHvcc } from "./hvcc.ts";
import { describe, headerBytes, isReferenced, NalUnitType, nalUnitType, useOf } from "./nal-unit.ts";
import { ParameterSets } from "./parameter-sets.ts";
import type { Sps } from "./sps.ts";

const hevc: NalCodec<Sps> = {
  codec: "hevc",
  name: "H.265",
  keyPicture: "an IRAP picture",
  useOf,
  isReferenced,
  describe,
  isRecoveryPoint: (unit) =>
    nalUnitType(unit) === NalUnitType.prefixSei && hasRecoveryPoint(unit.subarray(headerBytes)),
  openSets: () => new ParameterSets(),
  readRecord: (extradata) => (isHvcc(extradata) ? parseHvcc(extradata) : null),
  settings: (sps, units) => {
    const { width, height, maxReorderPics: maxReorderFrames } = sps;
    return { decoderConfig: encodeHvcc(sps, units), width, height, maxReorderFrames };
  },
  // The SPS tells it before any picture does.
  openOrder: () => ({ isReordered: (_, { maxReorderPics }) => maxReorderPics > 0 }),
};

/** Access units of H.265 to packets: see `NalTrack`. */
export class HevcTrack extends NalTrack<Sps> {
  constructor(extradata: Uint8Array = new Uint8Array(0), options: NalTrackOptions = {}) {
    super(hevc, extradata, options);
  }
}
