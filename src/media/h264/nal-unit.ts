/** nal_unit_type (ITU-T H.264, table 7-1), those that mean something to us. */
export const NalUnitType = {
  slice: 1,
  slicePartitionA: 2,
  idrSlice: 5,
  sei: 6,
  sps: 7,
  pps: 8,
  accessUnitDelimiter: 9,
  endOfSequence: 10,
  endOfStream: 11,
  filler: 12,
  spsExtension: 13,
  prefix: 14,
  subsetSps: 15,
  reserved18: 18,
  sliceExtensionDepth: 21,
} as const;

/** nal_unit_type of a unit, from its first byte. */
export function nalUnitType(header: number): number {
  return header & 0x1f;
}

/** Whether a unit holds a slice, or a part of one, of the primary coded picture. */
export function isSlice(type: number): boolean {
  return type >= NalUnitType.slice && type <= NalUnitType.idrSlice;
}

/** forbidden_zero_bit: the unit is damaged. */
export function isForbidden(header: number): boolean {
  return (header & 0x80) !== 0;
}

/** Whether its type is reserved or unspecified: decoders ignore such units (7.4.1). */
export function isUnknownType(type: number): boolean {
  return type === 0 || type > NalUnitType.sliceExtensionDepth;
}

/** nal_ref_idc; 0: no other picture is decoded by this one. */
export function nalRefIdc(header: number): number {
  return (header >> 5) & 3;
}

/** Why a first byte cannot be that of a NAL unit of H.264 (7.4.1), or `null` when it can: to tell other formats by it. */
export function nalHeaderProblem(header: number): string | null {
  const type = nalUnitType(header);
  const refIdc = nalRefIdc(header);
  if (isForbidden(header)) return "forbidden_zero_bit is set";
  if (isUnknownType(type)) return `nal_unit_type ${type} is not H.264's`;
  const mustBeReferenced = [NalUnitType.idrSlice, NalUnitType.sps, NalUnitType.pps].some(
    (one) => one === type,
  );
  if (mustBeReferenced && refIdc === 0) return `nal_ref_idc is 0 with nal_unit_type ${type}`;
  const mustNotBeReferenced = type === NalUnitType.sei || (type >= 9 && type <= 12);
  if (mustNotBeReferenced && refIdc !== 0) return `nal_ref_idc is ${refIdc} with nal_unit_type ${type}`;
  return null;
}
