/** What values fell to lately, in spans of time: how low in one span alone does not count. Allocates nothing when asked. */
export class RecentLows {
  readonly #spanMs: number;
  readonly #spans: number;
  readonly #lows = [Number.POSITIVE_INFINITY];
  #passedMs = 0;

  constructor(spanMs: number, spans: number) {
    this.#spanMs = spanMs;
    this.#spans = spans;
  }

  /** The second lowest span's lowest; the only one's where there is one; infinity before the first value. */
  get value(): number {
    let lowest = Number.POSITIVE_INFINITY;
    let second = Number.POSITIVE_INFINITY;
    for (const low of this.#lows) {
      if (low < lowest) [second, lowest] = [lowest, low];
      else if (low < second) second = low;
    }
    return second === Number.POSITIVE_INFINITY ? lowest : second;
  }

  add(value: number): void {
    const newest = this.#lows.length - 1;
    this.#lows[newest] = Math.min(this.#lows[newest] ?? value, value);
  }

  pass(ms: number): void {
    this.#passedMs += ms;
    if (this.#passedMs < this.#spanMs) return;
    this.#passedMs -= this.#spanMs;
    this.#lows.push(Number.POSITIVE_INFINITY);
    if (this.#lows.length > this.#spans) this.#lows.shift();
  }

  clear(): void {
    this.#lows.splice(0, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY);
    this.#passedMs = 0;
  }
}
