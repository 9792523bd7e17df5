import type { FoundFile, Walked } from "./disk-protocol.ts";

/** Something that takes long: it yields what it has found, or null where it may be interrupted. */
export type Walk = Generator<FoundFile | null, void>;

/** Others are not to wait longer. */
const STEP_MS = 50;
const STEP_FOUND = 1000;

/** What takes long, a step at a time, so that recordings are written meanwhile. */
export class Walks {
  readonly #walks = new Map<number, Walk>();
  #last = 0;

  begin(walk: Walk): Walked {
    this.#last += 1;
    this.#walks.set(this.#last, walk);
    return this.next(this.#last);
  }

  next(number: number): Walked {
    const found: FoundFile[] = [];
    const untilMs = performance.now() + STEP_MS;
    while (found.length < STEP_FOUND && performance.now() < untilMs) {
      const { done, value } = this.#step(number);
      if (done === true) return { found, walk: null };
      if (value != null) found.push(value);
    }
    return { found, walk: number };
  }

  #step(number: number): IteratorResult<FoundFile | null, void> {
    const walk = this.#walks.get(number);
    this.#walks.delete(number);
    const step = walk?.next() ?? { done: true, value: undefined };
    if (walk !== undefined && step.done !== true) this.#walks.set(number, walk);
    return step;
  }
}
