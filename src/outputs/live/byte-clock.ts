/** So many marks cover the span; more would be finer than the lag has to be known. */
const MARKS_PER_SPAN = 64;

interface Mark {
  /** All bytes sent up to here. */
  readonly totalBytes: number;
  readonly timeMs: number;
}

/**
 * When the last bytes of a stream were sent, in media time: what turns the bytes that a viewer owes into its lag. All
 * viewers of a transport get the same bytes, so one clock serves them all.
 */
export class ByteClock {
  readonly #stepMs: number;
  readonly #spanMs: number;
  #marks: Mark[] = [];
  #totalBytes = 0;

  /** It looks back at least `spanMs`. */
  constructor(spanMs: number) {
    this.#spanMs = spanMs;
    this.#stepMs = spanMs / MARKS_PER_SPAN;
  }

  /** So many bytes are sent now. */
  add(bytes: number, nowMs: number): void {
    const last = this.#marks.at(-1);
    if (last === undefined || nowMs - last.timeMs >= this.#stepMs) {
      this.#marks.push({ totalBytes: this.#totalBytes, timeMs: nowMs });
      if (this.#marks.length > 4 * MARKS_PER_SPAN) this.#forget(nowMs);
    }
    this.#totalBytes += bytes;
  }

  /** How long ago the oldest of the last `bytes` was sent; Infinity where that is longer than it looks back. */
  ageMs(bytes: number, nowMs: number): number {
    if (bytes <= 0) return 0;
    const oldest = this.#totalBytes - bytes;
    const mark = this.#marks.findLast(({ totalBytes }) => totalBytes <= oldest);
    return mark === undefined ? Number.POSITIVE_INFINITY : nowMs - mark.timeMs;
  }

  #forget(nowMs: number): void {
    const kept = this.#marks.findLastIndex(({ timeMs }) => nowMs - timeMs > this.#spanMs);
    this.#marks = this.#marks.slice(Math.max(kept, 0));
  }
}
