/** So many frames tell a rate; less than this part away from what was told, it is the same. */
const FRAMES = 10;
const TOLERANCE = 0.2;

/** Measures the rate of a track that does not say it, in frames a second; tells it when it is known, and when it has changed. */
export class FrameRate {
  #timesUs: number[] = [];
  #told: number | null;

  /** `named`: what the source says; null where it says nothing, or makes it up. */
  constructor(named: number | null = null) {
    this.#told = named;
  }

  breaks(): void {
    this.#timesUs = [];
  }

  /** The rate that is to be told from this frame on; null for most frames. */
  saw(timeUs: number): number | null {
    this.#timesUs.push(timeUs);
    if (this.#timesUs.length <= FRAMES) return null;
    const [firstUs = timeUs] = this.#timesUs;
    this.#timesUs = [timeUs];
    if (timeUs <= firstUs) return null;
    const fps = Number(((FRAMES * 1e6) / (timeUs - firstUs)).toPrecision(3));
    if (this.#told !== null && Math.abs(fps / this.#told - 1) < TOLERANCE) return null;
    this.#told = fps;
    return fps;
  }
}
