/** What a run's end tells of its encoder. */
export type Suspicion =
  /** The device failed: nothing is said of the encoder. */
  | "cleared"
  /** The encoder itself says that it failed. */
  | "accused"
  /** Nothing came any more: it may be either. */
  | "unclear";

/**
 * Whether the hardware encoder, or its decoder where that is in use, is to be left out: it failed twice, with no healthy run in between. Where only silence
 * speaks against it, leaving it out is a trial: when the next one is as silent, it was the device.
 */
export class EncoderDoubt {
  #failures = 0;
  #isTrial = false;

  /** After a run that sent frames for long enough to be healthy, or not. @returns what to do for the next run */
  judge(
    suspicion: Suspicion,
    { wasHealthy, sentFrames }: { wasHealthy: boolean; sentFrames: boolean },
  ): "keep" | "leave-out" | "take-back" {
    if (this.#isTrial) {
      this.#isTrial = false;
      if (!sentFrames) return "take-back";
    }
    if (wasHealthy) this.#failures = 0;
    if (suspicion === "cleared") return "keep";
    this.#failures += 1;
    if (this.#failures < 2) return "keep";
    this.#failures = 0;
    this.#isTrial = suspicion === "unclear";
    return "leave-out";
  }
}
