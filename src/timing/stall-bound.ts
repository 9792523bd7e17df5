/** How long frames may stay out, for their distance: this many times the longest of the last ones. */
const DISTANCES = 3;
const REMEMBERED = 10;
/** What sends a frame a minute is found dead after this, and nothing later. */
const LONGEST_MS = 5 * 60_000;

export interface StallLimits {
  /** However fast frames come. */
  readonly leastMs: number;
  /** While too few have come to tell how far apart they are: what was buffered on the way comes at once. */
  readonly untilKnownMs: number;
}

/**
 * How long a live input may be silent before it is taken to be dead: a slow one longer than a fast one. All times in
 * milliseconds of a clock that only grows.
 */
export class StallBound {
  readonly #limits: StallLimits;
  readonly #distancesMs: number[] = [];
  #longestMs = 0;
  #lastMs: number | null = null;

  constructor(limits: StallLimits) {
    this.#limits = limits;
  }

  saw(nowMs: number): void {
    if (this.#lastMs !== null) this.#distancesMs.push(nowMs - this.#lastMs);
    if (this.#distancesMs.length > REMEMBERED) this.#distancesMs.shift();
    this.#longestMs = Math.max(0, ...this.#distancesMs);
    this.#lastMs = nowMs;
  }

  get silenceMs(): number {
    const { leastMs, untilKnownMs } = this.#limits;
    const isKnown = this.#distancesMs.length === REMEMBERED;
    return Math.max(leastMs, isKnown ? 0 : untilKnownMs, Math.min(DISTANCES * this.#longestMs, LONGEST_MS));
  }
}
