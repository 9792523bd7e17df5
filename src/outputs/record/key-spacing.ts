/** Until it is known, and of sound alone. */
const DEFAULT_EVERY_MS = 1000;
/** They may come closer later. */
const RESERVE = 1.5;
/** 4 kB and 128 kB in an index. */
const MIN_EXPECTED = 228;
const MAX_EXPECTED = 7281;

/** How far key frames are apart, for the room that an index needs. */
export class KeySpacing {
  #lastMs: number | null = null;
  #everyMs = DEFAULT_EVERY_MS;

  note(timestampMs: number): void {
    if (this.#lastMs !== null && timestampMs > this.#lastMs) this.#everyMs = timestampMs - this.#lastMs;
    this.#lastMs = timestampMs;
  }

  restart(): void {
    this.#lastMs = null;
  }

  /** With a reserve. */
  expectedIn(durationMs: number): number {
    const expected = Math.round((durationMs / this.#everyMs) * RESERVE);
    return Math.min(Math.max(expected, MIN_EXPECTED), MAX_EXPECTED);
  }
}
