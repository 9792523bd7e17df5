/** Audio this far from where the count of its frames puts it has really jumped; less is a container's rounding. */
const JUMP_US = 10_000;

/**
 * Puts AAC frames at exact multiples of their length from the first, computed from their count and never summed from
 * rounded parts: containers round to milliseconds (FLV, Matroska) or 90 kHz (MPEG-TS).
 */
export class AudioGrid {
  #firstUs: number | null = null;
  #frameUs = 0;
  /** Frames from the first to the next. */
  #frames = 0;
  /** Where the last frame that has a place stands. */
  #lastUs: number | null = null;
  /** How far from the count a source that came back stands, by less than half a frame. */
  #skewUs = 0;

  /** Where the next frame would stand; null before the first. */
  get nextUs(): number | null {
    return this.#lastUs === null ? null : this.#lastUs + this.#frameUs;
  }

  /** Null for a frame whose moment has a sound already. */
  snap(timeUs: number, frameUs: number): number | null {
    const expectedUs = this.#at(this.#frames) + this.#skewUs;
    if (this.#firstUs === null || frameUs !== this.#frameUs || Math.abs(timeUs - expectedUs) > JUMP_US) {
      this.#firstUs = timeUs;
      this.#frameUs = frameUs;
      this.#frames = 0;
      this.#skewUs = 0;
    }
    const snappedUs = this.#at(this.#frames);
    this.#frames += 1;
    if (this.#lastUs !== null && snappedUs < this.#lastUs + frameUs / 2) return null;
    this.#lastUs = snappedUs;
    return snappedUs;
  }

  /** The count goes on: sound that begins again at `timeUs` is put on its nearest multiple. */
  resume(timeUs: number, frameUs: number): void {
    if (this.#firstUs === null || frameUs !== this.#frameUs) return;
    this.#frames = Math.round((timeUs - this.#firstUs) / frameUs);
    this.#skewUs = timeUs - this.#at(this.#frames);
  }

  /** Begins the count where there has been no sound yet. */
  begin(timeUs: number, frameUs: number): void {
    this.snap(timeUs, frameUs);
  }

  /** Leaves out the multiples that would end before this moment. */
  skipTo(timeUs: number): void {
    if (this.#firstUs === null) return;
    this.#lastUs = this.#at(Math.floor((timeUs - this.#firstUs) / this.#frameUs) - 2);
  }

  /** The place of the next frame, which is taken; null before the first, or where it would end after `untilUs`. */
  take(untilUs: number): number | null {
    if (this.#firstUs === null || this.#lastUs === null) return null;
    const next = Math.round((this.#lastUs - this.#firstUs) / this.#frameUs) + 1;
    if (this.#at(next + 1) > untilUs) return null;
    this.#frames = next + 1;
    this.#lastUs = this.#at(next);
    return this.#lastUs;
  }

  #at(frames: number): number {
    return (this.#firstUs ?? 0) + frames * this.#frameUs;
  }
}
