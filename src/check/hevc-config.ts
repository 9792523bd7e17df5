/** Bytes of an HEVCDecoderConfigurationRecord before its arrays (ISO/IEC 14496-15, 8.3.3.1.2). */
const HEVC_RECORD_BYTES = 23;

/** Bytes of the lengths before NAL units, by the record; null where it cannot be one. */
export function hevcLengthBytes(record: Buffer): 1 | 2 | 4 | null {
  if (record.length < HEVC_RECORD_BYTES || record.readUInt8(0) > 1) return null; // drafts wrote version 0
  const lengthSize = (record.readUInt8(21) & 3) + 1; // lengthSizeMinusOne
  if (lengthSize === 3 || !areArraysWhole(record)) return null;
  return lengthSize === 1 ? 1 : lengthSize === 2 ? 2 : 4;
}

/** numOfArrays, each: NAL_unit_type, numNalus, each: nalUnitLength and the unit. */
function areArraysWhole(record: Buffer): boolean {
  let at = HEVC_RECORD_BYTES;
  for (let arrays = record.readUInt8(22); arrays > 0; arrays--) {
    if (at + 3 > record.length) return false;
    let units = record.readUInt16BE(at + 1);
    at += 3;
    for (; units > 0; units--) {
      if (at + 2 > record.length) return false;
      at += 2 + record.readUInt16BE(at);
    }
  }
  return at <= record.length;
}

/** Whether it could be an AV1CodecConfigurationRecord (AV1 in ISOBMFF, 2.3.3): marker 1, version 1. */
export function isAv1Record(record: Buffer): boolean {
  return record.length >= 4 && record.readUInt8(0) === 0x81;
}

/** Whether a picture of HEVC has a slice: nal_unit_type below 32 (ITU-T H.265, table 7-1). */
export function isHevcSlice(unit: Buffer): boolean {
  return ((unit.readUInt8(0) >> 1) & 0x3f) < 32;
}
