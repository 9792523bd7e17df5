/** Bytes of a stream that have come and are not read yet, in memory that grows with what has come. */
export class ByteQueue {
  #memory = Buffer.alloc(0);
  #start = 0;
  #end = 0;
  #offset = 0;
  /** Up to where in the stream something has come by when, oldest first. */
  #arrivals: { readonly end: number; readonly ms: number | null }[] = [];

  get offset(): number {
    return this.#offset;
  }

  get length(): number {
    return this.#end - this.#start;
  }

  /** A view of all of them; it lives until the next push. */
  get bytes(): Buffer {
    return this.#memory.subarray(this.#start, this.#end);
  }

  push(chunk: Uint8Array, arrivalMs: number | null): void {
    if (chunk.length === 0) return;
    this.#makeRoom(chunk.length);
    this.#memory.set(chunk, this.#end);
    this.#end += chunk.length;
    this.#noteArrival(arrivalMs);
  }

  /** When the byte before this place in the stream came. */
  arrivalOf(end: number): number | null {
    return this.#arrivals.find((one) => one.end >= end)?.ms ?? null;
  }

  drop(byteCount: number): void {
    this.#start += byteCount;
    this.#offset += byteCount;
    while (this.#arrivals[0] !== undefined && this.#arrivals[0].end <= this.#offset) this.#arrivals.shift();
  }

  /** One mark a millisecond: however small the pieces are, there are not more. */
  #noteArrival(ms: number | null): void {
    const end = this.#offset + this.length;
    const last = this.#arrivals.at(-1);
    const isSame = last !== undefined && (last.ms ?? 0) > (ms ?? 0) - 1;
    if (isSame) this.#arrivals[this.#arrivals.length - 1] = { end, ms: last.ms };
    else this.#arrivals.push({ end, ms });
  }

  /** Never in place: views of earlier bytes may still be read. */
  #makeRoom(byteCount: number): void {
    if (this.#end + byteCount <= this.#memory.length) return;
    const needed = this.length + byteCount;
    const larger = Buffer.allocUnsafeSlow(Math.max(needed, 2 * this.length, MIN_BYTES));
    this.#memory.copy(larger, 0, this.#start, this.#end);
    this.#memory = larger;
    this.#end -= this.#start;
    this.#start = 0;
  }
}

const MIN_BYTES = 64 * 1024;
