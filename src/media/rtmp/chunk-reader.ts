import { joinBytes, readUint24, readUint32 } from "../flv/bytes.ts";
import {
  basicHeaderBytes,
  chunkStreamId,
  extendedMark,
  maxHeaderBytes,
  messageHeaderBytes,
  readStreamId,
  repeatedStampBytes,
} from "./chunk-header.ts";
import { ChunkStream } from "./chunk-stream.ts";
import { corrupt } from "./corrupt.ts";
import { MessageType, type RtmpMessage } from "./message.ts";

/** Before SetChunkSize (5.4.1). */
export const defaultChunkBytes = 128;
const maxChunkBytes = 1024 * 1024;
const maxChunkStreams = 32;

export interface ReaderLimits {
  readonly maxMessageBytes: number;
  /** Of all messages together that are not whole yet. */
  readonly maxPartialBytes: number;
}

/** A chunk stream of either side, cut anywhere, to its messages (5.3). SetChunkSize and Abort are obeyed here. */
export class ChunkReader {
  limits: ReaderLimits;
  readonly #streams = new Map<number, ChunkStream>();
  #chunkBytes = defaultChunkBytes;
  /** The stream of the chunk that is being read, and what is missing of the chunk. */
  #current = new ChunkStream();
  #missingBytes = 0;
  #heldHeader: Uint8Array = new Uint8Array(0);
  #partialBytes = 0;

  constructor(limits: ReaderLimits) {
    this.limits = limits;
  }

  /** The messages that the bytes complete. @throws CorruptInputError; nothing may be pushed after that */
  push(bytes: Uint8Array): RtmpMessage[] {
    const messages: RtmpMessage[] = [];
    this.#read(new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length), messages);
    return messages;
  }

  #read(bytes: Uint8Array, messages: RtmpMessage[]): void {
    let at = 0;
    while (at < bytes.length) {
      if (this.#missingBytes > 0) at += this.#readPayload(bytes, at, messages);
      else if (this.#heldHeader.length > 0) at += this.#readHeldHeader(bytes.subarray(at), messages);
      else {
        const headerBytes = this.#readHeader(bytes, at, messages);
        if (headerBytes === null) this.#heldHeader = bytes.slice(at);
        at += headerBytes ?? bytes.length;
      }
    }
  }

  /** A header that began in an earlier push; what was held behind it, up to 3 bytes, turns out to be payload. */
  #readHeldHeader(bytes: Uint8Array, messages: RtmpMessage[]): number {
    const heldBytes = this.#heldHeader.length;
    const start = joinBytes([this.#heldHeader, bytes.subarray(0, maxHeaderBytes - heldBytes)]);
    const headerBytes = this.#readHeader(start, 0, messages);
    this.#heldHeader = headerBytes === null ? start : new Uint8Array(0);
    if (headerBytes === null) return start.length - heldBytes;
    if (headerBytes >= heldBytes) return headerBytes - heldBytes;
    this.#read(start.subarray(headerBytes, heldBytes), messages);
    return 0;
  }

  /** Begins a chunk; null where its header (5.3.1) is not whole. */
  #readHeader(bytes: Uint8Array, start: number, messages: RtmpMessage[]): number | null {
    const first = bytes[start] ?? 0;
    const format = first >>> 6;
    const basicBytes = basicHeaderBytes(first);
    const at = start + basicBytes;
    const end = at + (messageHeaderBytes[format] ?? 0);
    if (end > bytes.length) return null;
    const stream = this.#streamOf(chunkStreamId(bytes, start, basicBytes));
    if (format === 3) {
      const extendedBytes = stream.isExtended ? repeatedStampBytes(bytes, end, stream) : 0;
      if (extendedBytes === null) return null;
      this.#begin(stream, format, stream.timestampField, stream.length, messages);
      return end + extendedBytes - start;
    }
    const field = readUint24(bytes, at);
    const extendedBytes = field === extendedMark ? 4 : 0;
    if (end + extendedBytes > bytes.length) return null;
    const length = format === 2 ? stream.length : readUint24(bytes, at + 3);
    stream.isExtended = extendedBytes > 0;
    if (format < 2) stream.type = bytes[at + 6] ?? 0;
    if (format === 0) stream.streamId = readStreamId(bytes, at + 7);
    this.#begin(stream, format, stream.isExtended ? readUint32(bytes, end) : field, length, messages);
    return end + extendedBytes - start;
  }

  #streamOf(id: number): ChunkStream {
    const known = this.#streams.get(id);
    if (known !== undefined) return known;
    if (this.#streams.size >= maxChunkStreams) corrupt(`more than ${maxChunkStreams} chunk streams`);
    const stream = new ChunkStream();
    this.#streams.set(id, stream);
    return stream;
  }

  /**
   * A fresh chunk stream may begin with any type of header, its fields being 0: librtmp begins with 1 for a ping, FMLE with
   * 3. Within a message every type continues it, as in all servers, as long as it keeps to the length.
   */
  #begin(stream: ChunkStream, format: number, field: number, length: number, messages: RtmpMessage[]): void {
    if (length > this.limits.maxMessageBytes)
      corrupt(`a message of ${length} bytes, expected at most ${this.limits.maxMessageBytes}`);
    if (stream.receivedBytes > 0 && length !== stream.length)
      corrupt(
        `a message of ${stream.length} bytes ends after ${stream.receivedBytes} for another of ${length}`,
      );
    stream.timestampField = field;
    stream.length = length;
    if (stream.receivedBytes === 0)
      stream.timestampMs = format === 0 ? field : (stream.timestampMs + field) >>> 0;
    this.#current = stream;
    this.#missingBytes = Math.min(this.#chunkBytes, length - stream.receivedBytes);
    if (length === 0) this.#finish(stream, new Uint8Array(0), messages);
  }

  #readPayload(bytes: Uint8Array, at: number, messages: RtmpMessage[]): number {
    const stream = this.#current;
    const payload = bytes.subarray(at, at + this.#missingBytes);
    this.#missingBytes -= payload.length;
    if (payload.length === stream.length) this.#finish(stream, payload, messages);
    else this.#assemble(stream, payload, messages);
    return payload.length;
  }

  #assemble(stream: ChunkStream, payload: Uint8Array, messages: RtmpMessage[]): void {
    this.#partialBytes += payload.length;
    if (this.#partialBytes > this.limits.maxPartialBytes)
      corrupt(
        `${this.#partialBytes} bytes of unfinished messages, expected at most ${this.limits.maxPartialBytes}`,
      );
    stream.append(payload);
    if (stream.receivedBytes < stream.length) return;
    this.#partialBytes -= stream.length;
    this.#finish(stream, stream.take(), messages);
  }

  #finish({ type, streamId, timestampMs }: ChunkStream, body: Uint8Array, messages: RtmpMessage[]): void {
    if (type === MessageType.setChunkSize) this.#setChunkSize(body);
    else if (type === MessageType.abort) this.#abort(body);
    else messages.push({ type, streamId, timestampMs, body });
  }

  /** 5.4.1 */
  #setChunkSize(body: Uint8Array): void {
    const chunkBytes = body.length < 4 ? 0 : readUint32(body, 0);
    if (chunkBytes < 1 || chunkBytes > maxChunkBytes)
      corrupt(`a chunk size of ${chunkBytes} bytes, expected 1 to ${maxChunkBytes}`);
    this.#chunkBytes = chunkBytes;
  }

  /** 5.4.2 */
  #abort(body: Uint8Array): void {
    const stream = this.#streams.get(readUint32(body, 0));
    if (stream === undefined) return;
    this.#partialBytes -= stream.receivedBytes;
    stream.discard();
  }
}
