import { NalUnitType, nalUnitType } from "./nal-unit.ts";

const RECOVERY_POINT = 6; // payloadType (ITU-T H.264, D.1.1)
const CONTINUED = 0xff;

/** Whether it is an SEI with a recovery point (D.2.8): decoding may begin here, with patience. Long messages are not taken apart. */
export function isRecoveryPoint(unit: Uint8Array): boolean {
  return nalUnitType(unit[0] ?? 0) === NalUnitType.sei && hasRecoveryPoint(unit.subarray(1));
}

/** The same of the messages of an SEI, which H.265 has alike (D.2.8). */
export function hasRecoveryPoint(messages: Uint8Array): boolean {
  for (let at = 0; at + 1 < messages.length; ) {
    const [payloadType = 0, payloadSize = 0] = messages.subarray(at, at + 2);
    if (payloadType === RECOVERY_POINT) return true;
    if (payloadType === CONTINUED || payloadSize === CONTINUED) return false;
    at += 2 + payloadSize;
  }
  return false;
}
