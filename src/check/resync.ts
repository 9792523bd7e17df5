import { previousTagSizeBytes, tagHeaderBytes } from "../media/flv/layout.ts";

/** Larger than any picture: what claims more is taken for a fault where there is a choice. */
const PLAUSIBLE_BODY_BYTES = 8 * 1024 * 1024;
const TYPES: ReadonlySet<number> = new Set([8, 9, 18]);

/** Whether a tag header could begin here: a type that is known, reserved bits 0, StreamID 0 or as before. */
export function looksLikeTag(bytes: Buffer, at: number, streamId = 0): boolean {
  if (at + tagHeaderBytes > bytes.length || !TYPES.has(bytes[at] ?? 0)) return false;
  const id = bytes.readUIntBE(at + 8, 3);
  return bytes.readUIntBE(at + 1, 3) <= PLAUSIBLE_BODY_BYTES && (id === 0 || id === streamId);
}

/** Bytes of the tag that begins here, without its PreviousTagSize, as DataSize says. */
export function claimedBytes(bytes: Buffer, at: number): number {
  return tagHeaderBytes + bytes.readUIntBE(at + 1, 3);
}

/** Whether PreviousTagSize agrees with DataSize; null while it has not come. */
export function isChained(bytes: Buffer, at: number): boolean | null {
  const end = at + claimedBytes(bytes, at);
  if (end + previousTagSizeBytes > bytes.length) return null;
  return bytes.readUInt32BE(end) === end - at;
}

/**
 * The size of the tag at 0 by the PreviousTagSize that really stands behind it, whatever its DataSize: a number that
 * counts just the bytes up to itself, and another tag, or the end, behind it. null where there is none.
 */
export function realTagBytes(bytes: Buffer, isEnd: boolean): number | null {
  for (let at = tagHeaderBytes; at + previousTagSizeBytes <= bytes.length; at++) {
    if (bytes[at + 3] !== (at & 0xff) || bytes.readUInt32BE(at) !== at) continue;
    const next = at + previousTagSizeBytes;
    if (looksLikeTag(bytes, next) || (isEnd && next === bytes.length)) return at;
  }
  return null;
}

/** Where the next tag begins whose two sizes agree, from a place on; null where there is none. */
export function nextTag(bytes: Buffer, fromByte: number): number | null {
  for (let at = fromByte; at + tagHeaderBytes <= bytes.length; at++) {
    if (looksLikeTag(bytes, at) && isChained(bytes, at) === true) return at;
  }
  return null;
}

const FLV_1 = 0x46_4c_56_01;
/** With PreviousTagSize0. */
export const FLV_HEADER_BYTES = 13;

/** Whether a header begins there: "FLV", version 1 (FLV 10.1, E.2). */
export function isHeader(bytes: Buffer, at: number): boolean {
  return at + 4 <= bytes.length && bytes.readUInt32BE(at) === FLV_1;
}

/** Whether a tag may begin with what little there is. */
export function looksLikeBeginning(bytes: Buffer): boolean {
  const type = bytes[0] ?? 0;
  return bytes.length < tagHeaderBytes ? type === 8 || type === 9 || type === 18 : looksLikeTag(bytes, 0);
}
