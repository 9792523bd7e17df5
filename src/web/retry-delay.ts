const FIRST_MS = 300;
const MAX_MS = 15_000;
/** A connection that held so long was a healthy one: the next delay is the first again. */
const HEALTHY_MS = 10_000;

/** Growing delays with jitter: all viewers of a server that is back would come in the same moment. */
export class RetryDelay {
  readonly #random: () => number;
  #nextMs = FIRST_MS;

  constructor(random: () => number = Math.random) {
    this.#random = random;
  }

  /** The delay after a connection that held for `heldMs`. */
  after(heldMs: number): number {
    if (heldMs >= HEALTHY_MS) this.reset();
    const delayMs = this.#nextMs * (0.5 + this.#random());
    this.#nextMs = Math.min(this.#nextMs * 2, MAX_MS);
    return Math.round(delayMs);
  }

  /** Something has changed: the network is back, or the page is looked at again. */
  reset(): void {
    this.#nextMs = FIRST_MS;
  }
}
