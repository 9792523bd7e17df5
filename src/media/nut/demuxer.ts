import { Buffer } from "node:buffer";
import { type FrameHeader, frameEvent, type NutEvent, readFrameHeader } from "./frame.ts";
import { KnownHeaders } from "./known-headers.ts";
import { corruptNut, NutReader, nutChecksum } from "./reader.ts";

type PacketKind = "main" | "stream" | "syncpoint" | "info" | "index";

/** What is being gathered: bytes whose number is known. */
type Item =
  | { readonly kind: "packet"; readonly packet: PacketKind; readonly offset: number }
  | { readonly kind: "skipped" }
  | { readonly kind: "frame"; readonly header: FrameHeader; readonly offset: number };

interface Gathering {
  readonly item: Item;
  readonly sizeBytes: number;
  gatheredBytes: number;
  /** Made when the bytes do not all come in one chunk. */
  assembled: Uint8Array | null;
}

const FILE_ID = Buffer.from("nut/multimedia container\0", "latin1");
const MAX_FRAME_BYTES = 32 * 1024 * 1024;
const MAX_PACKET_BYTES = 1024 * 1024;
/** A frame header is some 20 bytes; only reserved fields could make it longer. */
const MAX_HEAD_BYTES = 1024;
/** Above this, a packet header has a checksum of its own. */
const UNCHECKED_PACKET_BYTES = 4096;
const CHECKSUM_BYTES = 4;
const STARTCODE_BYTES = 8;
const N = "N".charCodeAt(0);

const startcodes: ReadonlyMap<string, PacketKind> = new Map([
  ["4e4d7a561f5f04ad", "main"],
  ["4e5311405bf2f9db", "stream"],
  ["4e4be4adeeca4569", "syncpoint"],
  ["4e58dd672f23e64e", "index"],
  ["4e49ab68b596ba78", "info"],
]);

/**
 * Demuxes NUT ("NUT Open Container Format", versions 3 and 4) as ffmpeg writes it to a pipe, from chunks of any size.
 * What breaks the format throws `CorruptInputError` with the offset from the start of the stream; nothing more can be
 * pushed after that.
 */
export class NutDemuxer {
  readonly #headers = new KnownHeaders();
  #isIdentified = false;
  /** Stream offset of the next byte that has not been consumed. */
  #offset = 0;
  #syncpointOffset = 0;
  /** Front of a head that was cut by the end of a chunk. */
  #carry = new Uint8Array(0);
  #gathering: Gathering | null = null;

  push(chunk: Uint8Array): NutEvent[] {
    const events: NutEvent[] = [];
    let at = 0;
    while (at < chunk.length) {
      at = this.#gathering === null ? this.#readHead(chunk, at) : at;
      if (this.#gathering !== null) at = this.#gather(this.#gathering, chunk, at, events);
    }
    return events;
  }

  /**
   * Says that no more bytes come. A stream cut inside an item is corrupt; one without a single byte is not: then the
   * writer has its own reasons to tell.
   */
  end(): NutEvent[] {
    const waiting = this.#gathering;
    if (waiting !== null) {
      const missing = waiting.sizeBytes - waiting.gatheredBytes;
      throw corruptNut(
        this.#offset,
        `${missing} more bytes of a ${waiting.item.kind}`,
        "the end of the stream",
      );
    }
    if (this.#carry.length > 0) {
      if (!this.#isIdentified) this.#failFileId(this.#carry);
      throw corruptNut(this.#offset + this.#carry.length, "the rest of a header", "the end of the stream");
    }
    return [];
  }

  /** Reads what stands before a body: the file id, a packet header or a frame header. */
  #readHead(chunk: Uint8Array, at: number): number {
    const carried = this.#carry.length;
    // Only the front of the chunk is needed to finish a cut head: the carry never grows past a head's limit.
    const bytes =
      carried === 0 ? chunk : Buffer.concat([this.#carry, chunk.subarray(at, at + MAX_HEAD_BYTES)]);
    const start = carried === 0 ? at : 0;
    const reader = new NutReader(bytes, this.#offset - start, start);
    if (!this.#consumeHead(reader, bytes, start)) {
      const rest = bytes.subarray(start);
      if (rest.length >= MAX_HEAD_BYTES) reader.fail("the end of a header", `${MAX_HEAD_BYTES} bytes of it`);
      this.#carry = new Uint8Array(rest);
      return at + rest.length - carried;
    }
    const consumed = reader.position - start;
    this.#offset += consumed;
    if (carried > 0) this.#carry = new Uint8Array(0);
    return at + consumed - carried;
  }

  /** False when the bytes end inside the head. */
  #consumeHead(reader: NutReader, bytes: Uint8Array, start: number): boolean {
    if (!this.#isIdentified) return this.#consumeFileId(reader, bytes, start);
    if (bytes[start] === N) return this.#consumePacketHeader(reader, bytes, start);
    return this.#consumeFrameHeader(reader, bytes, start);
  }

  #consumeFileId(reader: NutReader, bytes: Uint8Array, start: number): boolean {
    const id = bytes.subarray(start, start + FILE_ID.length);
    if (id.length < FILE_ID.length) return false;
    if (!FILE_ID.equals(id)) this.#failFileId(id);
    for (let index = 0; index < FILE_ID.length; index++) reader.u8();
    this.#isIdentified = true;
    return true;
  }

  #failFileId(got: Uint8Array): never {
    throw corruptNut(0, `NUT's file id ${FILE_ID.toString("hex")}`, Buffer.from(got).toString("hex"));
  }

  #consumePacketHeader(reader: NutReader, bytes: Uint8Array, start: number): boolean {
    const offset = this.#offset;
    for (let index = 0; index < STARTCODE_BYTES; index++) reader.u8();
    const sizeBytes = reader.v(); // forward_ptr
    const checkedEnd = reader.position;
    const isChecked = sizeBytes > UNCHECKED_PACKET_BYTES;
    const checksum = isChecked ? reader.u32() : 0;
    if (reader.isShort) return false;

    const startcode = Buffer.from(bytes.subarray(start, start + STARTCODE_BYTES)).toString("hex");
    const packet = startcodes.get(startcode);
    if (packet === undefined) return reader.fail("a startcode of NUT", startcode);
    if (isChecked && checksum !== nutChecksum(bytes.subarray(start, checkedEnd))) {
      reader.fail("a packet header with a true checksum", checksum);
    }
    if (sizeBytes < CHECKSUM_BYTES) reader.fail("a packet with its checksum", `${sizeBytes} bytes`);
    const isSkipped = packet === "info" || packet === "index";
    if (!isSkipped && sizeBytes > MAX_PACKET_BYTES) {
      reader.fail(`a ${packet} packet of at most ${MAX_PACKET_BYTES} bytes`, sizeBytes);
    }
    this.#await(isSkipped ? { kind: "skipped" } : { kind: "packet", packet, offset }, sizeBytes);
    return true;
  }

  #consumeFrameHeader(reader: NutReader, bytes: Uint8Array, start: number): boolean {
    const main = this.#headers.main(reader, "a frame");
    const header = readFrameHeader(reader, bytes, main, this.#headers.streams);
    if (header === null) return false;
    const { stream, pts, codedBytes, hasChecksum } = header;
    if (codedBytes > MAX_FRAME_BYTES) {
      reader.fail(`a frame of at most ${MAX_FRAME_BYTES} bytes`, codedBytes);
    }
    if (!main.isPipe && this.#offset > this.#syncpointOffset + main.maxDistance) {
      reader.fail(`a syncpoint within ${main.maxDistance} bytes`, "a frame");
    }
    // Whatever is out of the ordinary must have been vouched for by a checksum ("FLAG_CHECKSUM").
    const isLarge = !main.isPipe && codedBytes > 2 * main.maxDistance;
    const isFar = Math.abs(pts - stream.lastPts) > stream.header.maxPtsDistance;
    if (!hasChecksum && (isLarge || isFar)) {
      reader.fail("a checksum", `a frame of ${codedBytes} bytes at pts ${pts} without one`);
    }
    this.#headers.setLastPts(stream, pts);
    this.#await({ kind: "frame", header, offset: this.#offset + reader.position - start }, codedBytes);
    return true;
  }

  #await(item: Item, sizeBytes: number): void {
    this.#gathering = { item, sizeBytes, gatheredBytes: 0, assembled: null };
  }

  /** Gathers a body; returns how far into the chunk it went. */
  #gather(body: Gathering, chunk: Uint8Array, at: number, events: NutEvent[]): number {
    const taken = chunk.subarray(at, at + body.sizeBytes - body.gatheredBytes);
    const isWholeHere = taken.length === body.sizeBytes;
    const bytes = isWholeHere || body.item.kind === "skipped" ? taken : assemble(body, taken);
    body.gatheredBytes += taken.length;
    this.#offset += taken.length;
    if (body.gatheredBytes === body.sizeBytes) {
      this.#gathering = null;
      const event = this.#finish(body.item, bytes);
      if (event !== null) events.push(event);
    }
    return at + taken.length;
  }

  #finish(item: Item, bytes: Uint8Array): NutEvent | null {
    if (item.kind === "skipped") return null;
    if (item.kind === "packet") return this.#finishPacket(item.packet, item.offset, bytes);
    return frameEvent(item.header, bytes, item.offset);
  }

  #finishPacket(packet: PacketKind, packetOffset: number, bytes: Uint8Array): NutEvent | null {
    const offset = this.#offset - bytes.length;
    const body = bytes.subarray(0, bytes.length - CHECKSUM_BYTES);
    const checksum = new NutReader(bytes, offset, body.length).u32();
    if (checksum !== nutChecksum(body))
      throw corruptNut(offset, `a ${packet} packet with a true checksum`, checksum);
    const reader = new NutReader(body, offset);
    if (packet === "main") return this.#headers.takeMain(reader, body);
    if (packet === "stream") return this.#headers.takeStream(reader, body);
    this.#syncpointOffset = packetOffset;
    return this.#headers.takeSyncpoint(reader);
  }
}

/** Puts a part of a body into the one buffer made for it. */
function assemble(body: Gathering, part: Uint8Array): Uint8Array {
  body.assembled ??= new Uint8Array(body.sizeBytes);
  body.assembled.set(part, body.gatheredBytes);
  return body.assembled;
}
