import { HeldBytes } from "../held-bytes.ts";
import type { Tracks } from "../packet.ts";
import { corrupt } from "./body-reader.ts";
import { readUint24, readUint32 } from "./bytes.ts";
import { headerBytes, previousTagSizeBytes, TagType, tagHeaderBytes } from "./layout.ts";

export type FlvEvent = FlvHeaderEvent | FlvTagEvent;

export interface FlvHeaderEvent {
  readonly kind: "header";
  /** The tracks that TypeFlags promise. */
  readonly tracks: Tracks;
  readonly bytes: Uint8Array;
}

export interface FlvTagEvent {
  readonly kind: "tag";
  readonly type: TagType;
  /** Decode time. */
  readonly timestampMs: number;
  /** Where the tag begins in the stream. */
  readonly offset: number;
  /** The whole tag with its PreviousTagSize. */
  readonly bytes: Uint8Array;
  /** Its body: a view into `bytes`. */
  readonly body: Uint8Array;
}

export interface FlvDemuxerOptions {
  /**
   * For the streams of other servers: what nobody needs to read a stream may be wrong, and tags of other types are passed
   * over.
   */
  readonly isTolerant?: boolean;
}

/**
 * An FLV stream, cut anywhere, to its header and tags (Adobe FLV 10.1, E.2 to E.4.1). Strict unless told otherwise: what the
 * specification reserves must be 0, every PreviousTagSize must be right. Holds one unfinished tag at most. Events are views
 * into the chunk where the chunk has the whole tag.
 */
export class FlvDemuxer {
  readonly #isTolerant: boolean;
  #reads: "header" | "tags" = "header";
  /** Where the unit that is being read, the header or a tag, begins in the stream. */
  #offset = 0;
  readonly #held = new HeldBytes();

  constructor({ isTolerant = false }: FlvDemuxerOptions = {}) {
    this.#isTolerant = isTolerant;
  }

  /**
   * What the chunk completes. Throws CorruptInputError with the offset; nothing may be pushed after that.
   * @param events where it is added: a failure leaves what came before it there
   */
  push(chunk: Uint8Array, events: FlvEvent[] = []): FlvEvent[] {
    let rest = new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.length);
    while (rest.length > 0) rest = rest.subarray(this.#eat(rest, events));
    return events;
  }

  /** Says that nothing comes any more; throws CorruptInputError in the middle of the header or a tag. */
  end(): void {
    if (this.#reads === "header")
      this.#fail(`the stream ends after ${this.#held.length} of the header's 13 bytes`, 0);
    if (this.#held.length > 0) this.#fail(`the stream ends after ${this.#held.length} bytes of the tag`, 0);
  }

  /** Reads one unit or holds the beginning of one; returns how many bytes that took. */
  #eat(rest: Uint8Array, events: FlvEvent[]): number {
    const unitBytes = this.#unitBytes(rest);
    if (this.#held.length === 0 && rest.length >= unitBytes) {
      this.#read(rest.subarray(0, unitBytes), events);
      return unitBytes;
    }
    const taken = rest.subarray(0, unitBytes - this.#held.length);
    this.#held.push(taken);
    if (this.#held.length === this.#unitBytes(taken)) this.#read(this.#held.take(), events);
    return taken.length;
  }

  /** How long the unit is that begins with the held bytes, else with `rest`, as far as they tell. */
  #unitBytes(rest: Uint8Array): number {
    if (this.#reads === "header") return headerBytes;
    const start = this.#held.length > 0 ? this.#held.bytes : rest;
    if (start.length < tagHeaderBytes) return tagHeaderBytes;
    this.#checkTagHeader(start);
    return tagHeaderBytes + readUint24(start, 1) + previousTagSizeBytes;
  }

  #read(unit: Uint8Array, events: FlvEvent[]): void {
    const event = this.#reads === "header" ? this.#readHeader(unit) : this.#readTag(unit);
    if (event !== null) events.push(event);
    this.#reads = "tags";
    this.#offset += unit.length;
  }

  #readHeader(bytes: Uint8Array): FlvHeaderEvent {
    const signature = String.fromCharCode(...bytes.subarray(0, 3));
    const [, , , version = 0, typeFlags = 0] = bytes;
    const dataOffset = readUint32(bytes, 5);
    const previousTagSize = readUint32(bytes, 9);
    if (signature !== "FLV") this.#fail(`signature ${JSON.stringify(signature)}, expected "FLV"`, 0);
    if (version !== 1) this.#fail(`version ${version}, expected 1`, 3);
    if ((typeFlags & ~0b101) !== 0) this.#mind(`reserved bits in TypeFlags 0x${typeFlags.toString(16)}`, 4);
    if (dataOffset !== 9) this.#fail(`DataOffset ${dataOffset}, expected 9`, 5);
    if (previousTagSize !== 0) this.#mind(`PreviousTagSize0 ${previousTagSize}, expected 0`, 9);
    return {
      kind: "header",
      tracks: { video: (typeFlags & 0b001) !== 0, audio: (typeFlags & 0b100) !== 0 },
      bytes,
    };
  }

  #checkTagHeader(tag: Uint8Array): void {
    const [type = 0, , , , , , , timestampExtended = 0] = tag;
    const streamId = readUint24(tag, 8);
    if (!isTagType(type)) this.#mind(`tag type ${type}, expected 8 (audio), 9 (video) or 18 (script)`, 0);
    if (timestampExtended > 0x7f) this.#mind("a negative timestamp", 4);
    if (streamId !== 0) this.#mind(`StreamID ${streamId}, expected 0`, 8);
  }

  #readTag(bytes: Uint8Array): FlvTagEvent | null {
    const previousTagSizeAt = bytes.length - previousTagSizeBytes;
    const [type = 0, , , , , , , timestampExtended = 0] = bytes;
    const timestampMs = ((timestampExtended << 24) | readUint24(bytes, 4)) >>> 0;
    const previousTagSize = readUint32(bytes, previousTagSizeAt);
    if (!isTagType(type)) return null;
    if (previousTagSize !== previousTagSizeAt)
      this.#mind(`PreviousTagSize ${previousTagSize}, expected ${previousTagSizeAt}`, previousTagSizeAt);
    const body = bytes.subarray(tagHeaderBytes, previousTagSizeAt);
    return { kind: "tag", type, timestampMs, offset: this.#offset, bytes, body };
  }

  #mind(what: string, at: number): void {
    if (!this.#isTolerant) this.#fail(what, at);
  }

  #fail(what: string, at: number): never {
    return corrupt(what, this.#offset + at);
  }
}

/** Type alone in the byte: Reserved and Filter (encryption) are 0. */
function isTagType(byte: number): byte is TagType {
  return byte === TagType.audio || byte === TagType.video || byte === TagType.script;
}
