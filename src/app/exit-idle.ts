import type { StreamState } from "../stream.ts";

/** Ends a server whose streams have all been idle for so long: `--exit-idle`. */
export class ExitIdle {
  readonly #afterMs: number;
  readonly #onOver: () => void;
  #timer: NodeJS.Timeout | undefined;

  constructor(afterMs: number, onOver: () => void) {
    this.#afterMs = afterMs;
    this.#onOver = onOver;
  }

  /** To be called at each change. */
  look(states: readonly StreamState[]): void {
    const areIdle = states.length > 0 && states.every((state) => state === "idle");
    if (areIdle) this.#timer ??= setTimeout(this.#onOver, this.#afterMs);
    else this.stop();
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
