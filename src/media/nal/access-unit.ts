import { Buffer } from "node:buffer";
import { CorruptInputError } from "../corrupt-input.ts";
import { nalHeaderProblem } from "../h264/nal-unit.ts";
import { HeldBytes } from "../held-bytes.ts";
import { kindOfData } from "../signature.ts";
import { byteStreamOf, type NalByteStream } from "./byte-stream.ts";

/** One coded picture with the units that go before it, as Annex B bytes. */
export interface AccessUnit {
  /** `null` where it was too long to be kept: no picture is. */
  readonly data: Uint8Array | null;
  /** Stream offset of its first byte: its arrival is the unit's time. */
  readonly offset: number;
  /** Stream offset behind its last byte. */
  readonly endOffset: number;
}

interface Opening {
  readonly stream: NalByteStream;
  /** Its first byte. */
  readonly header: number;
  readonly startOffset: number;
  /** Where the byte behind the header is. */
  readonly afterOffset: number;
}

const MAX_BYTES = 16 * 1024 * 1024;
/** A start code with its zero_byte, and a header of two bytes: what two chunks may cut in two. */
const LONGEST_START_BYTES = 6;
/** Of those before the current byte. */
const startCodeBytes = 3;
const MAX_BYTES_BEFORE_START_CODE = 64 * 1024;
const START_CODE = 0x000001;

/**
 * Cuts an Annex B byte stream that has no other framing into access units. One ends where the next begins: at the
 * first unit that goes before a picture, or at a slice with first_mb_in_slice 0. That stands for the comparison of
 * frame_num, idr_pic_id and so on (7.4.1.2.4): it differs only with arbitrary slice order and redundant pictures, both
 * of the Baseline profile and made by no camera. Of H.265, a slice says itself that it is the first (7.4.2.4.5). Every byte is
 * looked at once, however the chunks fall. Only the first unit has to be one of H.264 or H.265.
 */
export class AccessUnitSplitter {
  readonly #maxBytes: number;
  #state: "before-start-code" | "before-picture" | "in-picture" = "before-start-code";
  /** Null before its first unit. */
  #stream: NalByteStream | null = null;
  /** The unit whose header is being read. */
  #opening: Opening | null = null;
  /** The four bytes before the current one, and the one before them. */
  #window = 0xffff_ffff;
  #beforeWindow = 0xff;
  /** Stream offset of the current chunk. */
  #chunkOffset = 0;
  /** Stream offset of the unfinished access unit. */
  #unitOffset = 0;
  /** The unfinished unit's bytes from earlier chunks; of one that is too long, the last. */
  readonly #held = new HeldBytes();

  /** Of an access unit of more than `maxBytes` nothing is kept. */
  constructor(maxBytes: number = MAX_BYTES) {
    this.#maxBytes = maxBytes;
  }

  /** What it is; null before its first unit. */
  get codec(): NalByteStream["codec"] | null {
    return this.#stream?.codec ?? null;
  }

  /** Stream offset of the access unit whose end has not come yet. */
  get unfinishedOffset(): number {
    return this.#unitOffset;
  }

  /** Takes the next bytes and returns the access units that they complete. */
  push(chunk: Uint8Array): AccessUnit[] {
    const units: AccessUnit[] = [];
    let unitAt = 0;
    for (let at = 0; at < chunk.length; at++) {
      const byte = chunk[at] ?? 0;
      if (this.#window >>> 8 === START_CODE) this.#open(this.#chunkOffset + at, byte, chunk);
      const opening = this.#opening;
      if (opening !== null && opening.afterOffset === this.#chunkOffset + at) {
        this.#opening = null;
        const isFirst = this.#state === "before-start-code";
        const start = opening.startOffset - this.#chunkOffset;
        if (this.#begins(opening, byte)) {
          const unit = this.#cut(chunk.subarray(unitAt, Math.max(start, unitAt)), opening.startOffset);
          if (!isFirst) units.push(unit);
          unitAt = Math.max(start, 0);
        }
      }
      this.#beforeWindow = this.#window >>> 24;
      this.#window = ((this.#window << 8) | byte) >>> 0;
    }
    this.#chunkOffset += chunk.length;
    // The next unit's start code may have come, which is none of this one's bytes.
    const sureOffset = this.#chunkOffset - LONGEST_START_BYTES;
    if (this.#state === "before-start-code") this.#checkFront(sureOffset, chunk);
    this.#held.push(chunk.subarray(unitAt));
    const isTooLong = this.#isTooLong(sureOffset);
    if (isTooLong) this.#held.push(this.#held.take().slice(-LONGEST_START_BYTES));
    return units;
  }

  end(): AccessUnit[] {
    if (this.#chunkOffset === 0) return [];
    const nothing = new Uint8Array(0);
    if (this.#state === "before-start-code") throw this.#notAnnexB(nothing, "a start code 000001");
    return this.#held.length === 0 ? [] : [this.#cut(nothing, this.#chunkOffset)];
  }

  /** Behind a start code and the first byte of a header. @param byte the one after that */
  #open(offset: number, byte: number, chunk: Uint8Array): void {
    const header = this.#window & 0xff;
    const startOffset = offset - 1 - startCodeBytes - (this.#beforeWindow === 0 ? 1 : 0); // its zero_byte, if it has one
    if (this.#stream === null) this.#checkFirst(startOffset, header, byte, chunk);
    const stream = (this.#stream ??= byteStreamOf(header, byte));
    this.#opening = { header, stream, startOffset, afterOffset: offset - 1 + stream.headerBytes };
  }

  /** Whether the NAL unit with this header and this byte behind it begins an access unit. */
  #begins({ stream, header }: Opening, next: number): boolean {
    const type = stream.typeOf(header);
    const isBeginning =
      this.#state === "before-start-code" ||
      (this.#state === "in-picture" && (stream.goesBeforePicture(type) || stream.isFirstSlice(type, next)));
    if (stream.isSlice(type)) this.#state = "in-picture";
    else if (isBeginning) this.#state = "before-picture";
    return isBeginning;
  }

  /** Ends the unit at `endOffset`; `rest` are its bytes in the current chunk. */
  #cut(rest: Uint8Array, endOffset: number): AccessUnit {
    const isTooLong = this.#isTooLong(endOffset);
    const offset = this.#unitOffset;
    this.#unitOffset = endOffset;
    if (this.#held.length === 0) return { data: isTooLong ? null : rest, offset, endOffset };
    const heldOffset = this.#chunkOffset - this.#held.length;
    this.#held.push(rest);
    const held = this.#held.take();
    const end = endOffset - heldOffset;
    this.#held.push(held.subarray(end)); // a start code that the chunks cut in two
    return { data: isTooLong ? null : held.subarray(0, end), offset, endOffset };
  }

  #isTooLong(endOffset: number): boolean {
    return endOffset - this.#unitOffset > this.#maxBytes;
  }

  /** `frontBytes`: so many that are no start code. */
  #checkFront(frontBytes: number, chunk: Uint8Array): void {
    if (frontBytes <= MAX_BYTES_BEFORE_START_CODE) return;
    throw this.#notAnnexB(chunk, `a start code 000001 in the first ${MAX_BYTES_BEFORE_START_CODE} bytes`);
  }

  #checkFirst(frontBytes: number, header: number, second: number, chunk: Uint8Array): void {
    this.#checkFront(frontBytes, chunk);
    const problem = byteStreamOf(header, second).codec === "h264" ? nalHeaderProblem(header) : null;
    if (problem !== null) throw this.#notAnnexB(chunk, `a NAL unit behind the first start code (${problem})`);
  }

  #notAnnexB(chunk: Uint8Array, expected: string): NotAnnexBError {
    const front = Buffer.concat([this.#held.bytes.subarray(0, 24), chunk.subarray(0, 24)]);
    const kind = kindOfData(front);
    const isOther = kind !== null && kind !== "raw H.264"; // which damaged H.264 and H.265 look like
    const got = isOther ? kind : `data that starts with ${front.toString("hex", 0, 8)}`;
    return new NotAnnexBError(`not raw H.264 or H.265 (Annex B): expected ${expected}, got ${got}`);
  }
}

/** Another format, from its first bytes on. */
export class NotAnnexBError extends CorruptInputError {}
