import { CorruptInputError } from "./corrupt-input.ts";

/** Reads bits, highest first, and Exp-Golomb codes (ITU-T H.264, 7.2 and 9.1); running out of them is corrupt input. */
export class BitReader {
  readonly #bytes: Uint8Array;
  readonly #name: string;
  #position = 0;

  /** `name` says in error messages what was being read. */
  constructor(bytes: Uint8Array, name: string) {
    this.#bytes = bytes;
    this.#name = name;
  }

  /** Bits read so far. */
  get position(): number {
    return this.#position;
  }

  /** u(1) */
  bit(): 0 | 1 {
    const byte = this.#bytes[this.#position >> 3];
    if (byte === undefined) return this.fail("more bits", `its end after ${this.#bytes.length} bytes`);
    return ((byte >> (7 - (this.#position++ & 7))) & 1) === 1 ? 1 : 0;
  }

  /** u(1) as a question */
  flag(): boolean {
    return this.bit() === 1;
  }

  /** u(n), n up to 32 */
  bits(count: number): number {
    let value = 0;
    for (let index = 0; index < count; index++) value = value * 2 + this.bit();
    return value;
  }

  /** ue(v): at most 32 leading zeros, as 9.1 allows */
  ue(): number {
    let zeros = 0;
    while (!this.flag()) {
      if (++zeros > 32) this.fail("an Exp-Golomb code of at most 32 leading zeros", "more");
    }
    return 2 ** zeros - 1 + this.bits(zeros);
  }

  /** se(v) */
  se(): number {
    const code = this.ue();
    return code % 2 === 1 ? (code + 1) / 2 : -code / 2;
  }

  /** ue(v) within the bounds that the specification gives the field. */
  ueUpTo(max: number, field: string): number {
    const value = this.ue();
    return value <= max ? value : this.fail(`${field} of at most ${max}`, value);
  }

  /** Throws `CorruptInputError` naming the current bit. */
  fail(expected: string, got: string | number): never {
    throw new CorruptInputError(`${this.#name}, bit ${this.#position}: expected ${expected}, got ${got}`);
  }
}
