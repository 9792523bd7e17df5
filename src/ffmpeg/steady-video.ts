/** Sound waits for video that comes at least this often: 25 frames a second, and some jitter. */
const MAX_GAP_MS = 60;
/** And has done so for about a second. */
const STEADY_FRAMES = 25;
/** Sound waits for no longer when a frame does not come. */
export const MAX_SOUND_WAIT_MS = 100;

/** Whether video comes so steadily that sound may wait for it, and go out with it. */
export class SteadyVideo {
  #frames = 0;
  #lastMs = Number.NEGATIVE_INFINITY;

  /** Some has come. Returns whether sound may wait for what comes next. */
  saw(nowMs: number): boolean {
    this.#frames = nowMs - this.#lastMs <= MAX_GAP_MS ? this.#frames + 1 : 0;
    this.#lastMs = nowMs;
    return this.#frames >= STEADY_FRAMES;
  }

  /** It did not come in time. */
  wasLate(): void {
    this.#frames = 0;
  }
}
