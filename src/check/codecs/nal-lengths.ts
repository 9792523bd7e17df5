import { type Faults, inBytes } from "../faults.ts";
import type { Place } from "../finding.ts";

/**
 * The NAL units of a picture behind their lengths (ISO/IEC 14496-15, 5.3.2), as far as these lead; null for start codes.
 * `isFirstByte`: whether a usual unit may begin with it.
 */
export function readNalUnits(
  data: Buffer,
  lengthBytes: 1 | 2 | 4,
  place: Place,
  faults: Faults,
  isFirstByte: (byte: number) => boolean = isAvcFirstByte,
): readonly Buffer[] | null {
  if (isAnnexB(data, lengthBytes, isFirstByte)) {
    faults.report("nal-annex-b", `it starts with ${data.toString("hex", 0, 4)}`, place);
    return null;
  }
  const units: Buffer[] = [];
  for (let at = 0; at < data.length; ) {
    const start = at + lengthBytes;
    const unitBytes = start <= data.length ? data.readUIntBE(at, lengthBytes) : 0;
    const leftBytes = data.length - start;
    if (leftBytes < 0 || unitBytes > leftBytes) {
      reportLength(unitBytes, leftBytes, place, faults);
      return units;
    }
    if (unitBytes === 0) faults.report("nal-empty", `at byte ${at} of the frame`, place);
    else units.push(data.subarray(start, start + unitBytes));
    at = start + unitBytes;
  }
  return units;
}

function reportLength(unitBytes: number, leftBytes: number, place: Place, faults: Faults): void {
  const detail =
    leftBytes < 0
      ? `${-leftBytes} bytes missing in a length field`
      : `a unit of ${unitBytes} bytes with ${leftBytes} left`;
  const over = leftBytes < 0 ? -leftBytes : unitBytes - leftBytes;
  faults.report("nal-length", detail, place, inBytes(over));
}

/**
 * A start code could also be a length: 1, or for three bytes of it 256 to 511. Then it must not lead to the end, and
 * what would be a NAL unit's first byte behind such a length cannot be one.
 */
function isAnnexB(data: Buffer, lengthBytes: 1 | 2 | 4, isFirstByte: (byte: number) => boolean): boolean {
  const isLong = data.length >= 4 && data.readUInt32BE(0) === 1;
  const isShort = data.length >= 5 && data.readUIntBE(0, 3) === 1 && !isFirstByte(data.readUInt8(4));
  return (isLong || isShort) && !leadsToEnd(data, lengthBytes);
}

/** forbidden_zero_bit 0, and the nal_unit_type of what pictures are made of. */
const USUAL_TYPES: ReadonlySet<number> = new Set([1, 2, 5, 6, 7, 8, 9]);

function isAvcFirstByte(byte: number): boolean {
  return USUAL_TYPES.has(byte & 0x9f);
}

function leadsToEnd(data: Buffer, lengthBytes: 1 | 2 | 4): boolean {
  let at = 0;
  while (at + lengthBytes <= data.length) at += lengthBytes + data.readUIntBE(at, lengthBytes);
  return at === data.length;
}
