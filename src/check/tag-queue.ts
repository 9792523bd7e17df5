import { tagHeaderBytes } from "../media/flv/layout.ts";
import { ByteQueue } from "./byte-queue.ts";
import { inBytes, Judge } from "./faults.ts";
import type { Place } from "./finding.ts";
import type { TagUnit } from "./unit.ts";

/** A search begins again when so much has come: an eighth more, so that all of them together stay linear. */
const MIN_NEW_BYTES = 1024;

/** Bytes that have come, from which tags are taken, or what is none is skipped. */
export class TagQueue extends Judge {
  readonly #queue = new ByteQueue();
  #tags = 0;
  #streamId = 0;
  /** Fewer held bytes are not worth another search. */
  #searchAgainBytes = 0;

  /** What is held. */
  get bytes(): Buffer {
    return this.#queue.bytes;
  }

  /** Where in the stream it begins. */
  get offset(): number {
    return this.#queue.offset;
  }

  get totalBytes(): number {
    return this.#queue.offset + this.#queue.length;
  }

  /** How many tags were taken, and the StreamID of the last. */
  get tags(): number {
    return this.#tags;
  }

  get streamId(): number {
    return this.#streamId;
  }

  get here(): Place {
    return { offset: this.#queue.offset, tag: this.#tags === 0 ? null : this.#tags, timestampMs: null };
  }

  push(chunk: Uint8Array, arrivalMs: number | null): void {
    this.#queue.push(chunk, arrivalMs);
  }

  /** Whether enough has come since the last search. */
  isSearchDue(isEnd: boolean): boolean {
    const heldBytes = this.#queue.length;
    if (heldBytes < this.#searchAgainBytes && !isEnd) return false;
    this.#searchAgainBytes = heldBytes + Math.max(MIN_NEW_BYTES, heldBytes >> 3);
    return true;
  }

  /** The tag of `size` bytes, and as many as belong to it behind it. */
  take(size: number, behindBytes: number): TagUnit {
    const { bytes, offset } = this.#queue;
    const tag: TagUnit = {
      kind: "tag",
      number: ++this.#tags,
      offset,
      arrivalMs: this.#queue.arrivalOf(offset + size + behindBytes),
      typeByte: bytes.readUInt8(0),
      timestampMs: (bytes.readUInt8(7) << 24) | bytes.readUIntBE(4, 3),
      streamId: bytes.readUIntBE(8, 3),
      body: bytes.subarray(tagHeaderBytes, size),
    };
    this.#streamId = tag.streamId;
    this.drop(size + behindBytes);
    return tag;
  }

  /** Where no signature was, what comes before the first tag is told of by that. */
  skip(byteCount: number): "again" {
    const isForeign = this.faults.has("signature-wrong") && this.#tags === 0;
    const measure = inBytes(byteCount);
    if (!isForeign && byteCount > 0) this.report("sync-lost", `${byteCount} bytes`, this.here, measure);
    this.drop(byteCount);
    return "again";
  }

  drop(byteCount: number): void {
    this.#queue.drop(byteCount);
    this.#searchAgainBytes = 0;
  }
}
