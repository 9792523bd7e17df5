/** A decoded picture, of which a browser has few: its holder closes it. */
export interface DecodedFrame {
  /** Microseconds of the stream's time. */
  readonly timestamp: number;
  close(): void;
}

/** Hardware decoders have some sixteen pictures in all, and stand still when none is given back. */
const MAX_FRAMES = 12;

export class FrameQueue<Kind extends DecodedFrame> {
  #frames: Kind[] = [];

  push(frame: Kind): void {
    this.#frames.push(frame);
    if (this.#frames.length > MAX_FRAMES) this.#drop(1);
  }

  /** The newest one; the caller closes it. */
  takeNewest(): Kind | null {
    return this.#takeAt(this.#frames.length - 1);
  }

  /**
   * The newest that is due at this moment of the stream; null when none is. Where sound is so far behind that the queue
   * is full of pictures to come, the oldest: late is better than never.
   */
  takeDue(streamMs: number): Kind | null {
    const due = this.#frames.findLastIndex(({ timestamp }) => timestamp <= streamMs * 1000);
    return this.#takeAt(due < 0 && this.#frames.length === MAX_FRAMES ? 0 : due);
  }

  clear(): void {
    for (const frame of this.#frames) frame.close();
    this.#frames = [];
  }

  #takeAt(index: number): Kind | null {
    if (index < 0) return null;
    this.#drop(index);
    return this.#frames.shift() ?? null;
  }

  #drop(count: number): void {
    for (const frame of this.#frames.splice(0, count)) frame.close();
  }
}
