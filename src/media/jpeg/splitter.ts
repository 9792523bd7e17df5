import { CorruptInputError } from "../corrupt-input.ts";
import { HeldBytes } from "../held-bytes.ts";

/** One whole JPEG image, from SOI to EOI. */
export interface JpegImage {
  readonly bytes: Uint8Array;
  /** In pixels, as its frame header (SOF) has it. */
  readonly size: { readonly width: number; readonly height: number };
}

/** Marker codes: ITU-T T.81, table B.1. */
const marker = { soi: 0xd8, eoi: 0xd9, sos: 0xda } as const;
const isRestart = (code: number) => code >= 0xd0 && code <= 0xd7;
const hasNoLength = (code: number) => isRestart(code) || code === 0x01;
/** All of C0 to CF but DHT, JPG and DAC. */
const isFrameHeader = (code: number) => code >= 0xc0 && code <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(code);

/** 8192x8192 at a bad quality. */
const MAX_IMAGE_BYTES = 32 * 1024 * 1024;

/**
 * Finds the JPEG images in a stream of bytes, whatever stands between them: multipart heads and boundaries, or nothing
 * (T.81, annex B). Thumbnails are within segments, and those are skipped by their lengths. An image ends with its EOI, so it
 * is there as soon as its last byte is.
 */
export class JpegSplitter {
  readonly #held = new HeldBytes();
  /** Where in what is held an image begins, or may begin. */
  #start = 0;
  /** What is looked at next. */
  #at = 0;
  #state: "between" | "marker" | "entropy-coded" = "between";
  #size: JpegImage["size"] | null = null;

  /** @throws CorruptInputError where an image does not end */
  push(chunk: Uint8Array): readonly JpegImage[] {
    const images: JpegImage[] = [];
    this.#held.push(chunk);
    for (let end = this.#findEnd(); end !== null; end = this.#findEnd()) {
      // A copy: the image's memory is the caller's.
      if (this.#size !== null && this.#size.width > 0 && this.#size.height > 0)
        images.push({ bytes: this.#held.bytes.slice(this.#start, end), size: this.#size });
      this.#begin(end);
    }
    this.#forget();
    if (this.#held.length > MAX_IMAGE_BYTES)
      throw new CorruptInputError(`expected a JPEG image of at most ${MAX_IMAGE_BYTES} bytes, got more`);
    return images;
  }

  #begin(at: number): void {
    this.#start = at;
    this.#state = "between";
    this.#size = null;
  }

  /** Lets go of what stands before an image: once a chunk, for a chunk may hold thousands of beginnings. */
  #forget(): void {
    if (this.#start === 0) return;
    const bytes = this.#held.take();
    this.#held.push(bytes.subarray(this.#start));
    this.#at -= this.#start;
    this.#start = 0;
  }

  /** Where the image that is held ends; null until its end has come. */
  #findEnd(): number | null {
    for (;;) {
      switch (this.#state) {
        case "between":
          if (!this.#findStart()) return null;
          break;
        case "marker": {
          const end = this.#readMarker();
          if (end !== "read") return end;
          break;
        }
        case "entropy-coded":
          if (!this.#skipScan()) return null;
          break;
      }
    }
  }

  #findStart(): boolean {
    const { bytes } = this.#held;
    const start = indexOfSoi(bytes, this.#start);
    // The last two bytes may begin one.
    this.#start = start === -1 ? Math.max(this.#start, bytes.length - 2) : start;
    if (start === -1) return false;
    this.#at = start + 2;
    this.#state = "marker";
    return true;
  }

  /** Reads a marker and skips its segment. @returns where the image ends, or null until more has come */
  #readMarker(): number | null | "read" {
    const { bytes } = this.#held;
    const [first, code, high, low] = bytes.subarray(this.#at, this.#at + 4);
    if (code === undefined) return null;
    if (first !== 0xff || code === marker.soi) return this.#startOver();
    if (code === marker.eoi) return this.#at + 2;
    if (code === 0xff || hasNoLength(code)) return this.#skip(code === 0xff ? 1 : 2); // 0xff fills
    if (low === undefined || high === undefined) return null;
    const length = 2 + high * 256 + low;
    if (isFrameHeader(code)) {
      const header = bytes.subarray(this.#at + 5, this.#at + 9);
      if (header.length < 4) return null;
      const view = new DataView(header.buffer, header.byteOffset);
      this.#size = { height: view.getUint16(0), width: view.getUint16(2) };
    }
    if (this.#at + length > bytes.length) return null;
    if (code === marker.sos) this.#state = "entropy-coded";
    return this.#skip(length);
  }

  #skip(bytes: number): "read" {
    this.#at += bytes;
    return "read";
  }

  /** What is held is no image, or one that was cut short: the next may begin here. */
  #startOver(): "read" {
    this.#begin(this.#at);
    return "read";
  }

  /** T.81, B.1.1.5: in entropy-coded data, 0xff is followed by 0, or it is a marker. */
  #skipScan(): boolean {
    const { bytes } = this.#held;
    for (;;) {
      const at = bytes.indexOf(0xff, this.#at);
      this.#at = at === -1 ? bytes.length : at;
      const code = bytes[this.#at + 1];
      if (code === undefined) return false;
      if (code === 0 || isRestart(code)) this.#at += 2;
      else break;
    }
    this.#state = "marker";
    return true;
  }
}

function indexOfSoi(bytes: Uint8Array, from: number): number {
  for (let at = bytes.indexOf(0xff, from); at !== -1; at = bytes.indexOf(0xff, at + 1))
    if (bytes[at + 1] === marker.soi && bytes[at + 2] === 0xff) return at;
  return -1;
}
