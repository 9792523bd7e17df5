/** Counts what may happen now and then, but not often in a short time. */
export class Failures {
  readonly #most: number;
  readonly #withinMs: number;
  #timesMs: number[] = [];

  constructor(most: number, withinMs: number) {
    this.#most = most;
    this.#withinMs = withinMs;
  }

  /** @returns whether it has become too much */
  add(nowMs: number): boolean {
    this.#timesMs = [...this.#timesMs.filter((timeMs) => nowMs - timeMs < this.#withinMs), nowMs];
    return this.#timesMs.length > this.#most;
  }
}
