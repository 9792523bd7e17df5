/** nal_unit_type (ITU-T H.264, table 7-1), those that mean something to us. */
export const NalUnitType = {
  slice: 1,
  slicePartitionA: 2,
  slicePartitionB: 3,
  slicePartitionC: 4,
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
  depthParameterSet: 16,
  reserved18: 18,
  auxiliarySlice: 19,
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

/** Why a first byte cannot be that of a NAL unit of H.264 (7.4.1), or `null` when it can. */
export function nalHeaderProblem(header: number): string | null {
  const type = nalUnitType(header);
  const nalRefIdc = (header >> 5) & 3;
  if ((header & 0x80) !== 0) return "forbidden_zero_bit is set";
  if (type === 0 || type > NalUnitType.sliceExtensionDepth) return `nal_unit_type ${type} is not H.264's`;
  const mustBeReferenced = [NalUnitType.idrSlice, NalUnitType.sps, NalUnitType.pps].some(
    (one) => one === type,
  );
  if (mustBeReferenced && nalRefIdc === 0) return `nal_ref_idc is 0 with nal_unit_type ${type}`;
  const mustNotBeReferenced = type === NalUnitType.sei || (type >= 9 && type <= 12);
  if (mustNotBeReferenced && nalRefIdc !== 0) return `nal_ref_idc is ${nalRefIdc} with nal_unit_type ${type}`;
  return null;
}
