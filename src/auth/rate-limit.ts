import { networkOf } from "./address.ts";
import { FAILURES_WINDOW_MS, MAX_ADDRESSES, MAX_FAILURES } from "./limits.ts";

interface Start {
  readonly sinceMs: number;
  readonly count: number;
}

/** Who has presented wrong tokens, and how many. */
export class Failures {
  readonly #attempts = new Map<string, Start>();

  /** How long an address has still to wait; 0 where it need not. */
  waitMs(address: string, nowMs: number): number {
    const attempts = this.#attempts.get(networkOf(address));
    if (attempts === undefined || attempts.count < MAX_FAILURES) return 0;
    return Math.max(0, attempts.sinceMs + FAILURES_WINDOW_MS - nowMs);
  }

  count(address: string, nowMs: number): void {
    const network = networkOf(address);
    const before = this.#attempts.get(network);
    this.#attempts.delete(network); // so that it is the latest
    const isOver = before === undefined || before.sinceMs + FAILURES_WINDOW_MS <= nowMs;
    this.#attempts.set(
      network,
      isOver ? { sinceMs: nowMs, count: 1 } : { ...before, count: before.count + 1 },
    );
    if (this.#attempts.size > MAX_ADDRESSES) this.#forgetOldest();
  }

  /** How many addresses are remembered. */
  get size(): number {
    return this.#attempts.size;
  }

  #forgetOldest(): void {
    for (const network of this.#attempts.keys()) {
      this.#attempts.delete(network);
      return;
    }
  }
}
