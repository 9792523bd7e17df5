import type { Demand } from "../demand.ts";

/** Those who would join, and wait for a key frame to begin with; each holds a viewer's place meanwhile, and wants the stream. */
export class KeyWaiters {
  readonly #demand: Demand;
  readonly #waiting = new Map<() => void, () => void>();

  constructor(demand: Demand) {
    this.#demand = demand;
  }

  get count(): number {
    return this.#waiting.size;
  }

  /** Holds a place until the returned function is called. `onOver` is called once: by `wake`. */
  hold(onOver: () => void): () => void {
    const release = this.#demand.take();
    this.#waiting.set(onOver, release);
    return () => {
      this.#waiting.delete(onOver);
      release();
    };
  }

  /** There is a key frame, or none will come. */
  wake(): void {
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const [onOver, release] of waiting) {
      onOver();
      release();
    }
  }
}
