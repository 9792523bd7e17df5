import { NalUnitType, nalUnitType } from "./nal-unit.ts";

const RECOVERY_POINT = 6; // payloadType (ITU-T H.264, D.1.1)
const CONTINUED = 0xff;

/** Whether it is an SEI with a recovery point (D.2.8): decoding may begin here, with patience. Long messages are not taken apart. */
export function isRecoveryPoint(unit: Uint8Array): boolean {
  if (nalUnitType(unit[0] ?? 0) !== NalUnitType.sei) return false;
  for (let at = 1; at + 1 < unit.length; ) {
    const [payloadType = 0, payloadSize = 0] = unit.subarray(at, at + 2);
    if (payloadType === RECOVERY_POINT) return true;
    if (payloadType === CONTINUED || payloadSize === CONTINUED) return false;
    at += 2 + payloadSize;
  }
  return false;
}
