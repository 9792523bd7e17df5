export interface RetryPolicy {
  readonly firstMs: number;
  readonly maxMs: number;
  /** A connection that held so long was a healthy one: the next delay is the first again. */
  readonly healthyMs: number;
}

const policy: RetryPolicy = { firstMs: 300, maxMs: 15_000, healthyMs: 10_000 };

/** Growing delays with jitter: all viewers of a server that is back would come in the same moment. */
export class RetryDelay {
  readonly #policy: RetryPolicy;
  readonly #random: () => number;
  #nextMs: number;

  constructor(random: () => number = Math.random, retryPolicy: RetryPolicy = policy) {
    this.#random = random;
    this.#policy = retryPolicy;
    this.#nextMs = retryPolicy.firstMs;
  }

  /** The delay after a connection that held for `heldMs`. */
  after(heldMs: number): number {
    if (heldMs >= this.#policy.healthyMs) this.reset();
    const delayMs = this.#nextMs * (0.5 + this.#random());
    this.#nextMs = Math.min(this.#nextMs * 2, this.#policy.maxMs);
    return Math.round(delayMs);
  }

  /** Something has changed: the network is back, or the page is looked at again. */
  reset(): void {
    this.#nextMs = this.#policy.firstMs;
  }
}
