/** A frame this many distances away from where it was expected was dropped or held up at its source. */
const MAX_ERROR_PERIODS = 3;
/** What the gains sink to: a loop this slow still follows a camera's drifting clock. */
const MIN_TIME_GAIN = 0.1;
const MIN_PERIOD_GAIN = 0.005;
/** Frames it takes to trust a nominal rate, or the distance known from before a gap, as if it had been measured. */
const TRUSTED_FRAMES = 8;
const MIN_STEP_US = 1000;

/**
 * Times frames that carry no time of their own by their arrival, the jitter of a pipe taken out: an alpha-beta filter
 * around a steady distance of frames, whose gains fall as frames are seen (those of the growing-memory least-squares
 * fit: Brookner, "Tracking and Kalman Filtering Made Easy", 1998, table 1.3-1). After a gap it starts again at the arrival.
 */
export class ArrivalClock {
  #periodUs: number;
  #lastUs: number | null = null;
  #frames: number;

  /** `fps`: the nominal rate, where it is known. */
  constructor(fps: number | null) {
    this.#periodUs = 1e6 / (fps ?? 30);
    this.#frames = fps === null ? 0 : TRUSTED_FRAMES;
  }

  get fps(): number {
    return 1e6 / this.#periodUs;
  }

  /** The time of the frame that arrived at `arrivalUs`: always growing, and never far from the arrival. */
  timeUs(arrivalUs: number): number {
    if (this.#lastUs === null) {
      this.#lastUs = arrivalUs;
      return arrivalUs;
    }
    this.#frames += 1;
    const expectedUs = this.#lastUs + this.#periodUs;
    const errorUs = arrivalUs - expectedUs;
    const isGap = this.#frames > TRUSTED_FRAMES && Math.abs(errorUs) > MAX_ERROR_PERIODS * this.#periodUs;
    if (isGap) this.#frames = TRUSTED_FRAMES;
    else this.#periodUs = Math.max(this.#periodUs + periodGain(this.#frames) * errorUs, MIN_STEP_US);
    const timeUs = isGap ? arrivalUs : expectedUs + timeGain(this.#frames) * errorUs;
    this.#lastUs = Math.max(timeUs, this.#lastUs + MIN_STEP_US);
    return this.#lastUs;
  }
}

function timeGain(n: number): number {
  return Math.max((2 * (2 * n + 1)) / ((n + 1) * (n + 2)), MIN_TIME_GAIN);
}

function periodGain(n: number): number {
  return Math.max(6 / ((n + 1) * (n + 2)), MIN_PERIOD_GAIN);
}
