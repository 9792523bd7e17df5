import { CorruptInputError } from "../corrupt-input.ts";

/** Numbers and texts of an AMF 0 body, one after another; what is missing is corrupt, and where is said. */
export class Amf0Reader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #bodyOffset: number;
  readonly #text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  #at = 0;

  constructor(body: Uint8Array, bodyOffset: number) {
    this.#bytes = body;
    this.#view = new DataView(body.buffer, body.byteOffset, body.length);
    this.#bodyOffset = bodyOffset;
  }

  get remainingBytes(): number {
    return this.#bytes.length - this.#at;
  }

  u8(): number {
    return this.#view.getUint8(this.#take(1));
  }

  u16(): number {
    return this.#view.getUint16(this.#take(2));
  }

  u32(): number {
    return this.#view.getUint32(this.#take(4));
  }

  double(): number {
    return this.#view.getFloat64(this.#take(8));
  }

  utf8(byteCount: number): string {
    const start = this.#take(byteCount);
    try {
      return this.#text.decode(this.#bytes.subarray(start, start + byteCount));
    } catch (cause) {
      throw new CorruptInputError(`AMF0: a string that is not UTF-8 at offset ${this.#bodyOffset + start}`, {
        cause,
      });
    }
  }

  skipIf(byte: number): boolean {
    const isNext = this.#bytes[this.#at] === byte;
    if (isNext) this.#at++;
    return isNext;
  }

  fail(what: string): never {
    throw new CorruptInputError(`AMF0: ${what} at offset ${this.#bodyOffset + this.#at}`);
  }

  #take(byteCount: number): number {
    if (byteCount > this.remainingBytes)
      this.fail(`${byteCount} bytes expected where ${this.remainingBytes} are left,`);
    const start = this.#at;
    this.#at += byteCount;
    return start;
  }
}
