import type { AudioFormat } from "./codecs/audio-codec.ts";
import { inMs, inPercent, Judge } from "./faults.ts";

const REMEMBERED_STEPS = 4096;
const ENOUGH_STEPS = 20;
/** Two rates that stand next to each other in the tables, 44.1 and 48 kHz, are 9 % apart. */
const OTHER_RATE = 0.05;
const DRIFT_MS = 200;

/** Holds timestamps of the sound against the samples that it is made of. */
export class AudioPace extends Judge {
  #last: { readonly timestampMs: number; readonly format: AudioFormat | null } | null = null;
  /** How long a step takes, in lengths of its frame, and how much of that a millisecond is. */
  #steps: { readonly ratio: number; readonly msRatio: number }[] = [];
  /** Of time and of frames, between gaps. */
  #spanMs = 0;
  #expectedMs = 0;

  push(timestampMs: number, format: AudioFormat | null): void {
    const last = this.#last;
    this.#last = { timestampMs, format };
    const stepMs = timestampMs - (last?.timestampMs ?? timestampMs);
    const frameMs = frameMsOf(last?.format ?? format);
    if (stepMs <= 0 || frameMs === 0) return;
    if (this.#steps.length < REMEMBERED_STEPS)
      this.#steps.push({ ratio: stepMs / frameMs, msRatio: 1 / frameMs });
    this.#spanMs += stepMs;
    this.#expectedMs += frameMs;
  }

  end(): void {
    const { format = null } = this.#last ?? {};
    if (format === null || this.#steps.length < ENOUGH_STEPS || this.#isStepped()) return;
    const ratio = this.#usualRatio();
    if (Math.abs(ratio - 1) > OTHER_RATE) {
      const rateHz = Math.round(format.sampleRateHz / ratio);
      const detail = `frames arrive at ${rateHz} Hz, expected ${format.sampleRateHz} Hz`;
      this.report("audio-rate-mismatch", detail, null, inPercent(Math.round((ratio - 1) * 1000) / 10));
      return;
    }
    const driftMs = this.#spanMs - this.#expectedMs;
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

  /** The mean of what is near the median: a frame that is missing does not count. Timestamps are whole milliseconds. */
  #usualRatio(): number {
    const sorted = this.#steps.toSorted((a, b) => a.ratio - b.ratio);
    const median = sorted[sorted.length >> 1]?.ratio ?? 0;
    const near = sorted.filter(
      ({ ratio, msRatio }) =>
        (ratio > 0.6 * median && ratio < 1.4 * median) || Math.abs(ratio - median) < 1.01 * msRatio,
    );
    return near.reduce((sum, { ratio }) => sum + ratio, 0) / near.length;
  }
}

function frameMsOf(format: AudioFormat | null): number {
  return format === null ? 0 : (format.samplesPerFrame * 1000) / format.sampleRateHz;
}
