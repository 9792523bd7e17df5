/** The beginning of a unit whose end has not come yet, in memory that grows with what has come. */
export class HeldBytes {
  #memory = new Uint8Array(0);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** A view of them: it lives until the next push. */
  get bytes(): Uint8Array {
    return this.#memory.subarray(0, this.#length);
  }

  push(bytes: Uint8Array): void {
    const needed = this.#length + bytes.length;
    if (needed > this.#memory.length) {
      const larger = new Uint8Array(Math.max(needed, 2 * this.#memory.length));
      larger.set(this.bytes);
      this.#memory = larger;
    }
    this.#memory.set(bytes, this.#length);
    this.#length = needed;
  }

  /** All of them, whose memory is the caller's from now on. */
  take(): Uint8Array {
    const { bytes } = this;
    this.#memory = new Uint8Array(0);
    this.#length = 0;
    return bytes;
  }
}
