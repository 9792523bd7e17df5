import { readUint32 } from "../flv/bytes.ts";
import type { ChunkStream } from "./chunk-stream.ts";

/** In the field for the time: an Extended Timestamp follows (5.3.1.3). */
export const extendedMark = 0xff_ffff;
/** Bytes of the Message Header, by the chunk's type (5.3.1.2). */
export const messageHeaderBytes = [11, 7, 3, 0] as const;
/** Basic Header of 3, Message Header of 11, Extended Timestamp of 4. */
export const maxHeaderBytes = 18;

/** Bytes of the Basic Header (5.3.1.1), by its first. */
export function basicHeaderBytes(first: number): 1 | 2 | 3 {
  const id = first & 0x3f;
  if (id > 1) return 1;
  return id === 0 ? 2 : 3;
}

/** 5.3.1.1: in one byte 2 to 63; else 64 and what one or two further bytes have, the low one first. */
export function chunkStreamId(bytes: Uint8Array, at: number, basicBytes: 1 | 2 | 3): number {
  if (basicBytes === 1) return (bytes[at] ?? 0) & 0x3f;
  const low = bytes[at + 1] ?? 0;
  return 64 + low + (basicBytes === 3 ? 256 * (bytes[at + 2] ?? 0) : 0);
}

/** The message stream's id: the one field in little endian (5.3.1.2.1). */
export function readStreamId(bytes: Uint8Array, at: number): number {
  const low = (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8) | ((bytes[at + 2] ?? 0) << 16);
  return low + (bytes[at + 3] ?? 0) * 0x100_0000;
}

/**
 * The bytes of an Extended Timestamp in a chunk of type 3: it should be repeated (5.3.1.3), but not every librtmp does. So, as
 * SRS does, what comes is compared with what it would be: the field, or, from some, the time of the message.
 * @returns null where too few bytes have come to tell
 */
export function repeatedStampBytes(bytes: Uint8Array, at: number, stream: ChunkStream): 0 | 4 | null {
  const count = Math.min(4, bytes.length - at);
  if (count === 0) return null;
  const shift = 8 * (4 - count);
  const start = readUint32(bytes, at) >>> shift;
  if (start !== stream.timestampField >>> shift && start !== stream.timestampMs >>> shift) return 0;
  return count === 4 ? 4 : null;
}
