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
  /** What is looked at next, counted from the beginning of what is held. */
  #at = 0;
  #state: "between" | "marker" | "entropy-coded" = "between";
  #size: JpegImage["size"] | null = null;

  /** @throws CorruptInputError where an image does not end */
  push(chunk: Uint8Array): readonly JpegImage[] {
    const images: JpegImage[] = [];
    let rest: Uint8Array | null = chunk;
    while (rest !== null) {
      this.#held.push(rest);
      rest = null;
      const end = this.#findEnd();
      if (end === null) break;
      const bytes = this.#held.take();
      rest = bytes.slice(end); // a copy: the image's memory is the caller's
      if (this.#size !== null) images.push({ bytes: bytes.subarray(0, end), size: this.#size });
      this.#begin();
    }
    if (this.#held.length > MAX_IMAGE_BYTES)
      throw new CorruptInputError(`expected a JPEG image of at most ${MAX_IMAGE_BYTES} bytes, got more`);
    return images;
  }

  #begin(): void {
    this.#at = 0;
    this.#state = "between";
    this.#size = null;
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

  /** Forgets what stands before an image. */
  #findStart(): boolean {
    const bytes = this.#held.take();
    const start = indexOfSoi(bytes);
    // The last two bytes may begin one.
    this.#held.push(bytes.subarray(start === -1 ? Math.max(0, bytes.length - 2) : start));
    if (start === -1) return false;
    this.#at = 2;
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
    const bytes = this.#held.take();
    this.#held.push(bytes.subarray(this.#at));
    this.#begin();
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

function indexOfSoi(bytes: Uint8Array): number {
  for (let at = bytes.indexOf(0xff); at !== -1; at = bytes.indexOf(0xff, at + 1))
    if (bytes[at + 1] === marker.soi && bytes[at + 2] === 0xff) return at;
  return -1;
}
