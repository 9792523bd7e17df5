import { CorruptInputError } from "../corrupt-input.ts";

/**
 * Reads NUT's numbers out of bytes that may end too early: beyond the end every number is 0 and `isShort` is set,
 * so that a header is read in one go and judged once (NUT specification, "Basic data types").
 */
export class NutReader {
  readonly #bytes: Uint8Array;
  readonly #streamOffset: number;
  #position: number;
  #isShort = false;

  /** `streamOffset` is where `bytes` begins in the stream: it is what error messages name. */
  constructor(bytes: Uint8Array, streamOffset: number, position = 0) {
    this.#bytes = bytes;
    this.#streamOffset = streamOffset;
    this.#position = position;
  }

  /** Whether a field was missing because the bytes ended. */
  get isShort(): boolean {
    return this.#isShort;
  }

  /** Index of the next byte. */
  get position(): number {
    return this.#position;
  }

  /** `f(8)`, `u(8)` */
  u8(): number {
    const byte = this.#isShort ? undefined : this.#bytes[this.#position];
    if (byte === undefined) {
      this.#isShort = true;
      return 0;
    }
    this.#position++;
    return byte;
  }

  /** `u(32)`, big-endian */
  u32(): number {
    return this.u8() * 0x1000000 + ((this.u8() << 16) | (this.u8() << 8) | this.u8());
  }

  /** `v`: seven bits a byte, highest first; more than 2^53 is refused. */
  v(): number {
    let value = 0;
    for (;;) {
      const byte = this.u8();
      if (this.#isShort) return 0;
      value = value * 128 + (byte & 0x7f);
      if (value > Number.MAX_SAFE_INTEGER) this.fail("a number below 2^53", "a larger one");
      if (byte < 0x80) return value;
    }
  }

  /** A `v` or `s` that is of no use, of any size: ffmpeg writes -2^62 for "no match time". */
  skip(): void {
    while (this.u8() >= 0x80);
  }

  /** `s`: a signed number, the sign in the lowest bit of a `v`. */
  s(): number {
    const zigzag = this.v() + 1;
    const magnitude = Math.floor(zigzag / 2);
    return zigzag % 2 === 1 ? -magnitude : magnitude;
  }

  /** `vb`: a length and that many bytes, as a view. */
  vb(): Uint8Array {
    const length = this.v();
    if (length > this.#bytes.length - this.#position) this.#isShort = true;
    if (this.#isShort) return new Uint8Array(0);
    const start = this.#position;
    this.#position += length;
    return this.#bytes.subarray(start, this.#position);
  }

  /** Throws `CorruptInputError` naming the current byte of the stream. */
  fail(expected: string, got: string | number): never {
    throw corruptNut(this.#streamOffset + this.#position, expected, got);
  }
}

/** The one wording for a NUT stream that breaks its format. */
export function corruptNut(offset: number, expected: string, got: string | number): CorruptInputError {
  return new CorruptInputError(`NUT stream, byte ${offset}: expected ${expected}, got ${got}`);
}

const POLYNOMIAL = 0x04c11db7;

const table = Uint32Array.from({ length: 256 }, (_, byte) => {
  let remainder = byte << 24;
  for (let bit = 0; bit < 8; bit++) remainder = (remainder << 1) ^ (remainder < 0 ? POLYNOMIAL : 0);
  return remainder;
});

/** CRC-32 of NUT headers: generator 0x04C11DB7, highest bit first, starting at 0 (NUT specification, "checksum"). */
export function nutChecksum(bytes: Uint8Array): number {
  let crc = 0;
  for (const byte of bytes) crc = (crc << 8) ^ (table[(crc >>> 24) ^ byte] ?? 0);
  return crc >>> 0;
}
