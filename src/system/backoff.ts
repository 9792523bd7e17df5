const MIN_DELAY_MS = 500;
const MAX_DELAY_MS = 15_000;
/** A run this long is a healthy one: what fails after it fails for the first time. */
export const HEALTHY_MS = 60_000;
/** So much longer or shorter, at random: fifty cameras behind one switch are not to come back as one. */
const JITTER = 0.2;

/** The longest delay that there is. */
export const LONGEST_DELAY_MS = MAX_DELAY_MS * (1 + JITTER);

/** How long to wait before something is tried again: half a second, doubled by each failure, up to fifteen. */
export class Backoff {
  readonly #random: () => number;
  readonly #maxDelayMs: number;
  #failures = 0;

  /** `random` is between 0 and 1. */
  constructor(random: () => number = Math.random, maxDelayMs = MAX_DELAY_MS) {
    this.#random = random;
    this.#maxDelayMs = maxDelayMs;
  }

  /** What failed so far counts no more. */
  reset(): void {
    this.#failures = 0;
  }

  /** The delay after a run that lasted `ranMs`. */
  failed(ranMs: number): number {
    if (ranMs >= HEALTHY_MS) this.#failures = 0;
    const delayMs = Math.min(MIN_DELAY_MS * 2 ** Math.min(this.#failures, 10), this.#maxDelayMs);
    this.#failures += 1;
    return this.#jittered(delayMs);
  }

  /** The longest delay, for what a short one does not mend. */
  refused(): number {
    return this.#jittered(this.#maxDelayMs);
  }

  #jittered(delayMs: number): number {
    return Math.round(delayMs * (1 + JITTER * (2 * this.#random() - 1)));
  }
}
