import { type Amf0Value, decodeAmf0 } from "../../../src/media/flv/amf0.ts";
import { ChunkReader } from "../../../src/media/rtmp/chunk-reader.ts";
import { frame } from "../../../src/media/rtmp/chunk-writer.ts";
import { encodeCommand } from "../../../src/media/rtmp/command.ts";
import type { RtmpMessage } from "../../../src/media/rtmp/message.ts";

const mebibyte = 1024 * 1024;
export const limits = { maxMessageBytes: 8 * mebibyte, maxPartialBytes: 16 * mebibyte };

/** Version and 1536 bytes, and 1536 that need not echo anything: what either side says before its messages. */
export const handshake = Buffer.concat([Uint8Array.of(3), new Uint8Array(2 * 1536)]);

/** A message in chunks of 128 bytes. */
export function message(
  type: number,
  body: Uint8Array,
  { streamId = 0, timestampMs = 0, chunkStream = 3 } = {},
): Uint8Array {
  return frame({ type, streamId, timestampMs, body }, chunkStream, 128);
}

export function command(name: string, transactionId: number, ...values: readonly Amf0Value[]): Uint8Array {
  return message(20, encodeCommand({ name, transactionId, values }), { streamId: 1 });
}

/** What a side has said behind its handshake; `bytes` begin with that when it is the first that it says. */
export function said(bytes: Uint8Array | null, behind = 0): readonly RtmpMessage[] {
  return new ChunkReader(limits).push((bytes ?? new Uint8Array(0)).subarray(behind));
}

/** The same as texts: commands by their values, others by type and body. */
export function shown(messages: readonly RtmpMessage[]): unknown[] {
  return messages.map(({ type, body }) =>
    type === 20 ? decodeAmf0(body) : [type, Buffer.from(body).toString("hex")],
  );
}
