/** Memory for a body before it has come: what is promised beyond costs nothing until it is sent. */
const trustedBytes = 64 * 1024;

/** A chunk stream (5.3): the header of its last message, and what has come of a body. */
export class ChunkStream {
  /** Of the message, whose first chunk has set it. */
  timestampMs = 0;
  /** As its last header of type 0, 1 or 2 had it, extended or not: absolute for type 0, else a delta. */
  timestampField = 0;
  /** Whether that header had an Extended Timestamp. */
  isExtended = false;
  length = 0;
  type = 0;
  streamId = 0;
  #memory = new Uint8Array(0);
  #receivedBytes = 0;

  /** Of a body that is not whole yet. */
  get receivedBytes(): number {
    return this.#receivedBytes;
  }

  append(bytes: Uint8Array): void {
    const needed = this.#receivedBytes + bytes.length;
    if (needed > this.#memory.length) this.#grow(needed);
    this.#memory.set(bytes, this.#receivedBytes);
    this.#receivedBytes = needed;
  }

  /** The whole body, whose memory is the caller's from now on. */
  take(): Uint8Array {
    const body = this.#memory;
    this.discard();
    return body;
  }

  discard(): void {
    this.#memory = new Uint8Array(0);
    this.#receivedBytes = 0;
  }

  #grow(needed: number): void {
    const larger = new Uint8Array(Math.min(this.length, Math.max(trustedBytes, 2 * needed)));
    larger.set(this.#memory.subarray(0, this.#receivedBytes));
    this.#memory = larger;
  }
}
