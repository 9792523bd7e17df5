/** A frame is overdue so long after the last, at the least: mpegts.js as it comes has a second ahead. */
const LEAST_OVERDUE_US = 800_000;
/** While too few have come to tell how far apart they are: what was buffered on the way comes at once, and then a slow camera's next. */
const UNKNOWN_OVERDUE_US = 15e6;
const KNOWN_FRAMES = 10;
/** And so many times the longest distance known: a slow camera, or one that sends what changes, is not late. */
const OVERDUE_DISTANCES = 2;
/** How fast the longest way and the longest distance are forgotten, in parts of the time. */
const FORGETTING_WAY = 0.1;
const FORGETTING_DISTANCE = 0.01;
/** The way is taken to be longer by so much with each frame at the most: one stall shows nothing. */
const MAX_LONGER_US = 100_000;

interface Arrival {
  readonly timeUs: number;
  readonly arrivalUs: number;
}

/**
 * How the frames of a track come: how long they are on their way, and how far apart they are. What comes in bursts, or
 * seldom, is known by that not to be late.
 */
export class Pace {
  #newest: Arrival | null = null;
  /** From the moment of which a frame is to its arrival, at the longest. */
  #wayUs = 0;
  /** Of two frames' moments, at the longest; null before two have come. */
  #distanceUs: number | null = null;
  #isBeginning = true;
  #frames = 0;

  /** Another source: its first frame's distance from the last one tells nothing. */
  begins(): void {
    this.#isBeginning = true;
  }

  /** A frame of a source that has been away and may not have caught up: its way tells nothing. */
  sawOwed(timeUs: number, arrivalUs: number): void {
    if (this.#newest === null) this.saw(timeUs, arrivalUs);
    else this.#newest = { timeUs, arrivalUs };
  }

  saw(timeUs: number, arrivalUs: number): void {
    const last = this.#newest;
    this.#newest = { timeUs, arrivalUs };
    this.#frames += 1;
    if (last === null) this.#wayUs = arrivalUs - timeUs;
    else this.#learn(last, this.#newest);
    this.#isBeginning = false;
  }

  /** How long its frames are on their way at the most; null before the first. */
  get wayUs(): number | null {
    return this.#newest === null ? null : this.#wayUs;
  }

  /** Of what moment the track is by now, whether its frames come or not; null before the first. */
  timeUs(nowUs: number): number | null {
    return this.#newest === null ? null : Math.max(this.#newest.timeUs, nowUs - this.#wayUs);
  }

  /** When the next frame is overdue; null while nobody knows how far apart they are. */
  get overdueUs(): number | null {
    if (this.#newest === null || this.#distanceUs === null) return null;
    const leastUs = this.#frames < KNOWN_FRAMES ? UNKNOWN_OVERDUE_US : LEAST_OVERDUE_US;
    const allowedUs = Math.max(leastUs, OVERDUE_DISTANCES * this.#distanceUs);
    const { timeUs, arrivalUs } = this.#newest;
    return Math.max(timeUs + this.#wayUs, arrivalUs) + allowedUs;
  }

  /** Frames should have come, and did not. */
  isOverdue(nowUs: number): boolean {
    const { overdueUs } = this;
    return overdueUs !== null && nowUs > overdueUs;
  }

  #learn(last: Arrival, { timeUs, arrivalUs }: Arrival): void {
    const elapsedUs = Math.max(arrivalUs - last.arrivalUs, 0);
    const wayUs = arrivalUs - timeUs;
    const longerUs = Math.min(wayUs, this.#wayUs + Math.min(elapsedUs, MAX_LONGER_US));
    this.#wayUs = Math.max(longerUs, this.#wayUs - elapsedUs * FORGETTING_WAY);
    if (this.#isBeginning) return;
    const rememberedUs = (this.#distanceUs ?? 0) - elapsedUs * FORGETTING_DISTANCE;
    this.#distanceUs = Math.max(timeUs - last.timeUs, rememberedUs);
  }
}
