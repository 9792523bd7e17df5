import type { Faults } from "./faults.ts";
import { placeOf, type TagUnit } from "./unit.ts";

/** The real packet type of an extended tag (Enhanced RTMP v2), and where its FourCC stands. */
export interface ExStart {
  readonly packetType: number;
  readonly at: number;
}

const MOD_EX = 7;

/** Past the modifiers (ModEx) that may stand before the packet type; null where they are cut short. */
export function readExStart(tag: TagUnit, faults: Faults): ExStart | null {
  const { body } = tag;
  let packetType = body.readUInt8(0) & 0xf;
  let at = 1;
  if (packetType === MOD_EX) faults.report("ex-modifier", "packet type 7", placeOf(tag));
  while (packetType === MOD_EX) {
    let dataBytes = (body[at] ?? 0) + 1;
    at += 1;
    if (dataBytes === 256) {
      if (at + 2 > body.length) return null;
      dataBytes = body.readUInt16BE(at) + 1;
      at += 2;
    }
    at += dataBytes;
    const next = body[at];
    if (next === undefined) return null;
    packetType = next & 0xf;
    at += 1;
  }
  return { packetType, at };
}

/** Whether the tag is one of several tracks, by the packet type that says so. */
export function isSeveralTracks(
  tag: TagUnit,
  { packetType }: ExStart,
  multitrack: number,
  faults: Faults,
): boolean {
  if (packetType !== multitrack) return false;
  faults.report("ex-multitrack", `packet type ${packetType}`, placeOf(tag));
  return true;
}
