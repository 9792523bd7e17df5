const WINDOW_MS = 3000;

/** How much of something there was a second, over the last seconds. */
export class Tally {
  readonly #entries: { readonly atMs: number; readonly count: number }[] = [];

  add(count: number, nowMs: number): void {
    this.#entries.push({ atMs: nowMs, count });
    while ((this.#entries[0]?.atMs ?? nowMs) < nowMs - WINDOW_MS) this.#entries.shift();
  }

  /** Null before there is a second to tell of. */
  perSecond(nowMs: number): number | null {
    const recent = this.#entries.filter(({ atMs }) => atMs >= nowMs - WINDOW_MS);
    const [first] = recent;
    if (first === undefined || nowMs - first.atMs < 1000) return null;
    const rest = recent.slice(1); // what the first entry counts lies before the time
    return (rest.reduce((sum, { count }) => sum + count, 0) * 1000) / (nowMs - first.atMs);
  }
}
