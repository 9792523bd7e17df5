/** When a track's frames are, and for how long the last one lasts: as long as the one before. */
export class TrackTimes {
  #lastMs: number | null = null;
  #stepMs = 0;

  add(timestampMs: number): void {
    if (this.#lastMs !== null) this.#stepMs = Math.max(0, timestampMs - this.#lastMs);
    this.#lastMs = timestampMs;
  }

  get endMs(): number {
    return this.#lastMs === null ? 0 : this.#lastMs + this.#stepMs;
  }
}
