import { previousTagSizeBytes, tagHeaderBytes } from "../media/flv/layout.ts";
import { inBytes, Judge } from "./faults.ts";
import { readHeader } from "./header-reader.ts";
import {
  claimedBytes,
  FLV_HEADER_BYTES,
  isChained,
  isHeader,
  looksLikeBeginning,
  looksLikeTag,
  nextTag,
  realTagBytes,
} from "./resync.ts";
import { TagQueue } from "./tag-queue.ts";
import { placeOf, type TagUnit, type Unit } from "./unit.ts";

/** From this size on, a tag that is not complete yet is doubted. */
const DOUBTED_BYTES = 256 * 1024;
/** How much is searched for the next tag before the older half is given up. */
const MAX_SEARCHED_BYTES = 1024 * 1024;
/** What has no tag up to here has none. */
const HOPELESS_BYTES = 8 * 1024 * 1024;

/**
 * Any bytes to the units of an FLV stream. It goes on where they are broken: the two sizes of a tag, DataSize before it
 * and PreviousTagSize behind, are held against each other and against what follows, and where both are wrong the next
 * tag is searched. Holds one tag at most, and no more than has come.
 */
export class TagReader extends Judge {
  readonly #queue = new TagQueue(this.faults);
  #reads: "header" | "tags" | "search" = "header";
  #isEnd = false;

  get totalBytes(): number {
    return this.#queue.totalBytes;
  }

  /** What the chunk completes. The units' bodies are views that live until the next push. */
  push(chunk: Uint8Array, arrivalMs: number | null): Unit[] {
    this.#queue.push(chunk, arrivalMs);
    return this.#readAll();
  }

  /** The rest. `isWhole` where nothing more would have come; else the reading was broken off. */
  end(isWhole: boolean): Unit[] {
    this.#isEnd = true;
    const units = this.#readAll();
    if (isWhole) this.#judgeRest();
    return units;
  }

  #readAll(): Unit[] {
    const units: Unit[] = [];
    for (let unit = this.#next(); unit !== null; unit = this.#next()) {
      if (unit !== "again") units.push(unit);
    }
    return units;
  }

  /** null: more bytes are needed. */
  #next(): Unit | "again" | null {
    switch (this.#reads) {
      case "header":
        return this.#readHeader();
      case "tags":
        return this.#readTag();
      case "search":
        return this.#search();
    }
  }

  #readHeader(): Unit | "again" | null {
    const result = readHeader(this.#queue.bytes, this.#isEnd, this.faults);
    if (result === null) return null;
    this.#reads = result.next;
    this.#queue.drop(result.bytes);
    return result.unit ?? "again";
  }

  #readTag(): Unit | "again" | null {
    const { bytes } = this.#queue;
    if (bytes.length < tagHeaderBytes) return null;
    if (isHeader(bytes, 0)) return this.#skipHeader(bytes);
    const size = claimedBytes(bytes, 0);
    const chained = isChained(bytes, 0);
    if (chained === true) return this.#queue.take(size, previousTagSizeBytes);
    return chained === null ? this.#readUnfinished(bytes, size) : this.#readUnchained(bytes, size);
  }

  /** Its end has not come: waits, unless it is not likely to come. */
  #readUnfinished(bytes: Buffer, size: number): Unit | "again" | null {
    if (this.#isEnd && size <= bytes.length) return this.#readLast(bytes, size);
    const isLikely = looksLikeTag(bytes, 0, this.#queue.streamId);
    if (isLikely && bytes.length < DOUBTED_BYTES && !this.#isEnd) return null;
    if (!this.#queue.isSearchDue(this.#isEnd)) return null;
    const real = realTagBytes(bytes, this.#isEnd);
    if (real !== null) return this.#emitResized(real, size);
    const found = isLikely ? null : nextTag(bytes, 1);
    return found === null ? null : this.#queue.skip(found);
  }

  /** DataSize and PreviousTagSize contradict each other: what follows decides which is right. */
  #readUnchained(bytes: Buffer, size: number): Unit | "again" | null {
    const next = size + previousTagSizeBytes;
    if (bytes.length < next + tagHeaderBytes && !this.#isEnd) return null;
    const isLast = this.#isEnd && next === bytes.length;
    if (isLast || looksLikeTag(bytes, next, bytes.readUIntBE(8, 3)) || isHeader(bytes, next))
      return this.#emitUnchained(bytes, size);
    if (looksLikeTag(bytes, size, bytes.readUIntBE(8, 3))) return this.#emitWithoutPreviousSize(size);
    const real = realTagBytes(bytes, this.#isEnd);
    if (real !== null) return this.#emitResized(real, size);
    if (looksLikeTag(bytes, 0, this.#queue.streamId)) return this.#emitBeforeGarbage(bytes, size);
    this.#reads = "search";
    return "again";
  }

  /** The tag may be sound, and what is behind it not. */
  #emitBeforeGarbage(bytes: Buffer, size: number): Unit | "again" {
    const found = nextTag(bytes, tagHeaderBytes);
    if (found !== null && found < size) return this.#queue.skip(found);
    return this.#emitUnchained(bytes, size);
  }

  #readLast(bytes: Buffer, size: number): Unit {
    const missing = size + previousTagSizeBytes - bytes.length;
    const tag = this.#queue.take(size, bytes.length - size);
    this.report("previous-tag-size-missing", `the stream ends ${missing} bytes too early`, placeOf(tag));
    return tag;
  }

  #emitUnchained(bytes: Buffer, size: number): TagUnit {
    const said = bytes.readUInt32BE(size);
    const tag = this.#queue.take(size, previousTagSizeBytes);
    this.report("previous-tag-size", `it says ${said}, expected ${size}`, placeOf(tag), inBytes(said - size));
    return tag;
  }

  #emitWithoutPreviousSize(size: number): TagUnit {
    const tag = this.#queue.take(size, 0);
    this.report("previous-tag-size-left-out", "the next tag follows immediately", placeOf(tag));
    return tag;
  }

  #emitResized(real: number, claimed: number): TagUnit {
    const tag = this.#queue.take(real, previousTagSizeBytes);
    const detail = `it says ${claimed - tagHeaderBytes} bytes, but there are ${real - tagHeaderBytes}`;
    const off = inBytes(claimed - real);
    this.report("tag-size-wrong", detail, placeOf(tag), off);
    return tag;
  }

  #skipHeader(bytes: Buffer): "again" | null {
    if (bytes.length < FLV_HEADER_BYTES && !this.#isEnd) return null;
    this.report("header-repeated", "FLV, version 1", this.#queue.here);
    this.#queue.drop(Math.min(FLV_HEADER_BYTES, bytes.length));
    return "again";
  }

  /** Nothing here is a tag: goes on where one is. */
  #search(): "again" | null {
    const { bytes } = this.#queue;
    if (!this.#queue.isSearchDue(this.#isEnd)) return null;
    const found = nextTag(bytes, 0);
    if (found !== null) {
      this.#reads = "tags";
      return this.#queue.skip(found);
    }
    const isHopeless = this.#queue.tags === 0 && this.#queue.offset > HOPELESS_BYTES;
    if (isHopeless) this.#queue.skip(bytes.length);
    else if (bytes.length > MAX_SEARCHED_BYTES) this.#queue.skip(bytes.length - MAX_SEARCHED_BYTES / 2);
    return null;
  }

  #judgeRest(): void {
    const { bytes } = this.#queue;
    if (bytes.length === 0 || this.#reads === "header") return;
    const isBegun = this.#reads === "tags" && looksLikeBeginning(bytes);
    if (isBegun) this.report("stream-truncated", `after ${bytes.length} bytes of a tag`, this.#queue.here);
    else this.#queue.skip(bytes.length);
  }
}
