import { encodeAmf0 } from "../flv/amf0.ts";
import { TagType } from "../flv/layout.ts";
import type { FlvMessage } from "../flv/message.ts";
import { extendedMark } from "./chunk-header.ts";
import type { RtmpMessage } from "./message.ts";

/** What our sessions announce with SetChunkSize before any media. */
export const sentChunkBytes = 65_536;

const setDataFrame = encodeAmf0("@setDataFrame");
const onMetaData = encodeAmf0("onMetaData");
/** Chunk streams of media, those of librtmp. */
const mediaChunkStream = { [TagType.audio]: 4, [TagType.video]: 6, [TagType.script]: 4 } as const;

/**
 * A message of media as it goes over the wire: a chunk with a whole header (5.3.1.2.1) and those that continue it. It depends
 * on the stream id alone, so that one framing serves all who have the same. onMetaData goes as the data frame that
 * servers keep for later viewers (`@setDataFrame`).
 */
export function frameMessage(message: FlvMessage, streamId: number): Uint8Array {
  const { type, timestampMs, body } = message;
  const prefix = type === TagType.script && startsWith(body, onMetaData) ? setDataFrame : null;
  const whole = prefix === null ? body : Buffer.concat([prefix, body]);
  return frame({ type, streamId, timestampMs, body: whole }, mediaChunkStream[type], sentChunkBytes);
}

/** @param chunkStream 2 … 63, whose Basic Header is one byte (5.3.1.1) */
export function frame(message: RtmpMessage, chunkStream: number, chunkBytes: number): Uint8Array {
  const { type, streamId, timestampMs, body } = message;
  const isExtended = timestampMs >= extendedMark;
  const extendedBytes = isExtended ? 4 : 0;
  const chunks = Math.max(1, Math.ceil(body.length / chunkBytes));
  const out = Buffer.allocUnsafe(12 + extendedBytes + body.length + (chunks - 1) * (1 + extendedBytes));
  let at = out.writeUInt8(chunkStream, 0); // fmt 0
  at = out.writeUIntBE(isExtended ? extendedMark : timestampMs, at, 3);
  at = out.writeUIntBE(body.length, at, 3);
  at = out.writeUInt8(type, at);
  at = out.writeUInt32LE(streamId, at);
  for (let from = 0; from === 0 || from < body.length; from += chunkBytes) {
    if (from > 0) at = out.writeUInt8((0b11 << 6) | chunkStream, at); // fmt 3
    if (isExtended) at = out.writeUInt32BE(timestampMs, at);
    const payload = body.subarray(from, from + chunkBytes);
    out.set(payload, at);
    at += payload.length;
  }
  return out;
}

export function startsWith(body: Uint8Array, start: Uint8Array): boolean {
  return start.every((byte, index) => body[index] === byte);
}
