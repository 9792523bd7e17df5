/** Up to so many viewers each tag goes out as it comes: a write to each costs less than a millisecond together. */
const FEW_VIEWERS = 128;
/** From so many on, writes are what costs. */
const MANY_VIEWERS = 900;
/** About a picture's time: with its sound it goes out as one. */
const MIDDLE_MS = 33;
/** Merging for longer saves nothing: the bytes themselves are the cost then. */
const LONGEST_MS = 100;

/**
 * How long a tag may wait for others to share its batch: nothing while viewers are few.
 * @param allViewers of every stream of the process, which share its time
 */
export function batchMs(viewers: number, allViewers: number, maxBatchMs: number): number {
  if (viewers <= FEW_VIEWERS) return 0;
  return Math.min(allViewers < MANY_VIEWERS ? MIDDLE_MS : LONGEST_MS, maxBatchMs);
}

/** Frames come this much too late and still in time, in parts of the interval. */
const JITTER = 0.05;

/** The frames in a batch, in media time: one whose next frame would come too late for it goes out with its last one. */
export class BatchSpan {
  #firstMs: number | null = null;
  #lastMs: number | null = null;
  #stepMs = 0;

  /** A frame of the track that the stream is timed by. */
  add(timestampMs: number): void {
    this.#stepMs = timestampMs - (this.#lastMs ?? timestampMs);
    this.#lastMs = timestampMs;
    this.#firstMs ??= timestampMs;
  }

  next(): void {
    this.#firstMs = null;
  }

  /** Whether nothing more can come within so long of its first frame. */
  isComplete(intervalMs: number): boolean {
    if (this.#firstMs === null || this.#lastMs === null) return false;
    return this.#lastMs + this.#stepMs - this.#firstMs > intervalMs * (1 + JITTER);
  }
}

/** Calls back once, so many milliseconds from now; what it returns cancels that. */
export type Schedule = (run: () => void, delayMs: number) => () => void;
