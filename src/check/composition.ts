import { inMs, Judge } from "./faults.ts";
import { placeOf, type TagUnit } from "./unit.ts";
import type { VideoFrameFacts } from "./video-judge.ts";

const HUGE_MS = 5000;
/** Pictures are reordered within 16 at most (ITU-T H.264, max_dec_frame_buffering). */
const REMEMBERED = 32;
/** From so many pictures on, an offset that never changes is one. */
const ENOUGH_FRAMES = 10;

/** Judges when pictures are to be shown: their timestamp and CompositionTime (FLV 10.1, E.4.3.1). */
export class Composition extends Judge {
  #presented: number[] = [];
  #frames = 0;
  #hasBSlices = false;
  /** The offset that all had so far; null once there were two. */
  #common: number | null = null;

  push(tag: TagUnit, { compositionTimeMs, hasBSlices }: VideoFrameFacts): void {
    this.#common = this.#frames === 0 || this.#common === compositionTimeMs ? compositionTimeMs : null;
    this.#frames += 1;
    this.#hasBSlices ||= hasBSlices;
    const measure = inMs(compositionTimeMs);
    const detail = `${compositionTimeMs} ms`;
    if (compositionTimeMs < 0) this.report("composition-time-negative", detail, placeOf(tag), measure);
    if (compositionTimeMs > HUGE_MS) this.report("composition-time-huge", detail, placeOf(tag), measure);
    else this.#judgePresentation(tag, tag.timestampMs + compositionTimeMs);
  }

  /** @param maxReorderFrames of the SPS; where it says nothing, or 0, B slices need not reorder */
  end(maxReorderFrames: number | null): void {
    if (this.#frames < ENOUGH_FRAMES || this.#common === null) return;
    if (this.#hasBSlices && (maxReorderFrames ?? 0) > 0) {
      const detail = `all frames have ${this.#common} ms`;
      this.report("composition-time-missing", detail);
    } else if (this.#common > 0 && this.#common <= HUGE_MS) {
      this.report("composition-time-constant", `${this.#common} ms`, null, inMs(this.#common));
    }
  }

  /** Where timestamps repeat themselves, that is the fault. */
  #judgePresentation(tag: TagUnit, atMs: number): void {
    const isRepeated = this.#presented.includes(atMs);
    if (isRepeated && !this.faults.has("timestamp-repeated", "timestamp-backwards", "timestamp-24-bit-wrap"))
      this.report("presentation-time-repeated", `twice at ${atMs} ms`, placeOf(tag));
    this.#presented.push(atMs);
    if (this.#presented.length > REMEMBERED) this.#presented.shift();
  }
}
