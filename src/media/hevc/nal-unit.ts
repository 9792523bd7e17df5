import type { NalUnitUse } from "../nal/codec.ts";

/** nal_unit_type (ITU-T H.265, table 7-1), those that mean something to us. */
export const NalUnitType = {
  raslN: 8,
  raslR: 9,
  blaWithLeading: 16,
  idrWithRadl: 19,
  idr: 20,
  cra: 21,
  vps: 32,
  sps: 33,
  pps: 34,
  accessUnitDelimiter: 35,
  endOfSequence: 36,
  endOfBitstream: 37,
  filler: 38,
  prefixSei: 39,
  suffixSei: 40,
} as const;

/** nal_unit_header (7.3.1.2) is two bytes. */
export const headerBytes = 2;
const LAST_REFERENCE_PAIR = 15;
const LAST_SLICE = 31;
const LAST_IRAP = 23;

export function nalUnitType(unit: Uint8Array): number {
  return ((unit[0] ?? 0) >> 1) & 0x3f;
}

/** nuh_layer_id; other than 0 in streams with several views or sizes, which decoders of version 1 ignore. */
function layerId(unit: Uint8Array): number {
  return (((unit[0] ?? 0) & 1) << 5) | ((unit[1] ?? 0) >> 3);
}

/** What a unit is to its picture. */
export function useOf(unit: Uint8Array): NalUnitUse {
  return layerId(unit) === 0 ? useOfType(nalUnitType(unit)) : "unknown";
}

function useOfType(type: number): NalUnitUse {
  switch (type) {
    case NalUnitType.raslN:
    case NalUnitType.raslR:
      return "leading-slice";
    case NalUnitType.vps:
    case NalUnitType.sps:
    case NalUnitType.pps:
      return "parameter-set";
    case NalUnitType.accessUnitDelimiter:
    case NalUnitType.filler:
      return "framing";
    case NalUnitType.endOfSequence:
    case NalUnitType.endOfBitstream:
      return "end-of-sequence";
    case NalUnitType.prefixSei:
    case NalUnitType.suffixSei:
      return "other";
    default:
      if (type >= NalUnitType.blaWithLeading && type <= NalUnitType.cra) return "key-slice";
      return type < NalUnitType.raslN ? "slice" : "unknown";
  }
}

/** Whether other pictures may be decoded by it (7.4.2.2): those of types that end in _N are not, below the highest sub-layer. */
export function isReferenced(unit: Uint8Array): boolean {
  const type = nalUnitType(unit);
  if (type <= LAST_REFERENCE_PAIR) return type % 2 === 1;
  return type <= LAST_SLICE || (type >= NalUnitType.vps && type <= NalUnitType.pps);
}

/** Whether its slices have the field no_output_of_prior_pics_flag (7.3.6.1). */
export function isIrap(type: number): boolean {
  return type >= NalUnitType.blaWithLeading && type <= LAST_IRAP;
}

export function describe(unit: Uint8Array): string {
  const layer = layerId(unit);
  return layer === 0 ? `nal_unit_type ${nalUnitType(unit)}` : `nuh_layer_id ${layer}`;
}
