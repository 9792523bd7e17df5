/** When for so long no frame came sooner than so much later than it should, the input is late for good, or its clock slow. */
const WATCH_US = 20e6;
const LATE_US = 30_000;
/** Moved by so much with one frame at the most: more is a step of the stamps for `ClockSteps`, which takes it out. */
const MAX_MOVE_US = 400_000;

/**
 * What is added to the stamps of a clock that runs elsewhere, in microseconds. Both clocks drift, and an input may turn out to
 * be quicker than it was at first, or lose time for good: `follow` moves it.
 */
export class LiveAnchor {
  #offsetUs: number;
  #sinceUs: number | null = null;
  /** How soon frames came at best since then. */
  #soonestUs = Number.POSITIVE_INFINITY;

  constructor(offsetUs: number) {
    this.#offsetUs = offsetUs;
  }

  get offsetUs(): number {
    return this.#offsetUs;
  }

  /** `earliestUs`: the offset with which this frame would have come at once. No frame comes before it was made. */
  follow(earliestUs: number, arrivalUs: number): void {
    this.#sinceUs ??= arrivalUs;
    this.#soonestUs = Math.min(this.#soonestUs, earliestUs);
    const isWatched = arrivalUs - this.#sinceUs > WATCH_US;
    const isLate = isWatched && this.#soonestUs > this.#offsetUs + LATE_US;
    if (earliestUs < this.#offsetUs) this.#moveTo(earliestUs);
    else if (isLate) this.#moveTo(this.#soonestUs);
    if (!isWatched || (isLate && this.#offsetUs !== this.#soonestUs)) return;
    this.#sinceUs = arrivalUs;
    this.#soonestUs = Number.POSITIVE_INFINITY;
  }

  #moveTo(offsetUs: number): void {
    const byUs = offsetUs - this.#offsetUs;
    this.#offsetUs += Math.max(-MAX_MOVE_US, Math.min(byUs, MAX_MOVE_US));
  }
}
