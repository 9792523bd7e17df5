/** So many marks cover the span; more would be finer than the lag has to be known. */
const MARKS_PER_SPAN = 64;
/** Those of the span, the one before it, and some to spare. */
const MARKS = 2 * MARKS_PER_SPAN;

/**
 * When the last bytes of a stream were sent, in media time: what turns the bytes that a viewer owes into its lag. All
 * viewers of a transport get the same bytes, so one clock serves them all. Its marks are written over in a ring: objects
 * that live for seconds and then die fill the old heap between two full collections.
 */
export class ByteClock {
  #stepMs: number;
  /** All bytes that were sent up to each mark, and when that was. */
  readonly #totals = new Float64Array(MARKS);
  readonly #timesMs = new Float64Array(MARKS);
  #marks = 0;
  #totalBytes = 0;

  /** It looks back at least `spanMs`. */
  constructor(spanMs: number) {
    this.#stepMs = spanMs / MARKS_PER_SPAN;
  }

  setSpan(spanMs: number): void {
    this.#stepMs = spanMs / MARKS_PER_SPAN;
  }

  add(bytes: number, nowMs: number): void {
    const lastMs = this.#marks === 0 ? Number.NEGATIVE_INFINITY : this.#timeMs(this.#marks - 1);
    if (nowMs - lastMs >= this.#stepMs) {
      this.#totals[this.#marks % MARKS] = this.#totalBytes;
      this.#timesMs[this.#marks % MARKS] = nowMs;
      this.#marks += 1;
    }
    this.#totalBytes += bytes;
  }

  /** How long ago the oldest of the last `bytes` was sent; Infinity where that is longer than it looks back. */
  ageMs(bytes: number, nowMs: number): number {
    if (bytes <= 0) return 0;
    const oldest = this.#totalBytes - bytes;
    const first = Math.max(this.#marks - MARKS, 0);
    for (let mark = this.#marks - 1; mark >= first; mark--)
      if ((this.#totals[mark % MARKS] ?? 0) <= oldest) return nowMs - this.#timeMs(mark);
    return Number.POSITIVE_INFINITY;
  }

  #timeMs(mark: number): number {
    return this.#timesMs[mark % MARKS] ?? 0;
  }
}
