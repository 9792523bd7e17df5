import type { AudioFormat } from "./audio-judge.ts";
import { inMs, inPercent, Judge } from "./faults.ts";

const REMEMBERED_STEPS = 4096;
const ENOUGH_STEPS = 20;
/** Two rates that stand next to each other in the tables, 44.1 and 48 kHz, are 9 % apart. */
const OTHER_RATE = 0.05;
const DRIFT_MS = 200;

/** Holds timestamps of the sound against the samples that it is made of. */
export class AudioPace extends Judge {
  #lastMs: number | null = null;
  #steps: number[] = [];
  /** Of time and of frames, between gaps. */
  #spanMs = 0;
  #frames = 0;

  push(timestampMs: number): void {
    const stepMs = this.#lastMs === null ? 0 : timestampMs - this.#lastMs;
    this.#lastMs = timestampMs;
    if (stepMs <= 0) return;
    if (this.#steps.length < REMEMBERED_STEPS) this.#steps.push(stepMs);
    this.#spanMs += stepMs;
    this.#frames += 1;
  }

  end(format: AudioFormat | null): void {
    if (format === null || this.#steps.length < ENOUGH_STEPS || this.#isStepped()) return;
    const expectedMs = (format.samplesPerFrame * 1000) / format.sampleRateHz;
    const off = this.#usualStepMs() / expectedMs - 1;
    if (Math.abs(off) > OTHER_RATE) {
      const rateHz = Math.round((format.samplesPerFrame * 1000) / this.#usualStepMs());
      const detail = `frames arrive at ${rateHz} Hz, expected ${format.sampleRateHz} Hz`;
      this.report("audio-rate-mismatch", detail, null, inPercent(rounded(off)));
      return;
    }
    const driftMs = this.#spanMs - this.#frames * expectedMs;
    if (this.faults.has("audio-gap") || Math.abs(driftMs) <= DRIFT_MS) return;
    const detail = `${Math.round(driftMs)} ms in ${(this.#spanMs / 1000).toFixed(1)} s`;
    this.report("audio-drift", detail, null, inMs(Math.round(driftMs)));
  }

  #isStepped(): boolean {
    return this.faults.has(
      ...(["timestamp-backwards", "timestamp-jump", "timestamp-24-bit-wrap", "timestamp-repeated"] as const),
      ...(["timestamp-negative"] as const),
    );
  }

  /** The mean of what is near the median: a frame that is missing does not count. */
  #usualStepMs(): number {
    const sorted = this.#steps.toSorted((a, b) => a - b);
    const median = sorted[sorted.length >> 1] ?? 0;
    const near = sorted.filter((step) => step > 0.6 * median && step < 1.4 * median);
    return near.reduce((sum, step) => sum + step, 0) / near.length;
  }
}

function rounded(ratio: number): number {
  return Math.round(ratio * 1000) / 10;
}
