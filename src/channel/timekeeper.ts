import type { StreamClock } from "../media/flv/clock-body.ts";

/** How often viewers are told the time, by the stream's own. */
const EVERY_MS = 1000;
/** A frame that is older, or comes from the future, has no age to be told. */
const MAX_AGE_MS = 5000;

/** When it is time to tell viewers the server's clock, and what it said when a frame was taken. */
export class Timekeeper {
  readonly #wallMs: () => number;
  #toldMs: number | null = null;

  /** @param wallMs the server's wall clock */
  constructor(wallMs: () => number) {
    this.#wallMs = wallMs;
  }

  /** What is to be told behind a frame of that age; null when it was told a moment ago. */
  tell(streamMs: number, ageMs: number): StreamClock | null {
    if (this.#toldMs !== null && Math.abs(streamMs - this.#toldMs) < EVERY_MS) return null;
    this.#toldMs = streamMs;
    const isOfNow = ageMs >= 0 && ageMs < MAX_AGE_MS;
    return { streamMs, wallMs: this.#wallMs() - (isOfNow ? ageMs : 0) };
  }
}
