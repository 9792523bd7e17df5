/** Up to so many viewers each tag goes out as it comes: a write to each costs less than a millisecond together. */
const FEW_VIEWERS = 128;
/** From so many on, writes are what costs. */
const MANY_VIEWERS = 900;
/** About a picture's time: with its sound it goes out as one. */
const MIDDLE_MS = 33;
/** Merging for longer saves nothing: the bytes themselves are the cost then. */
const LONGEST_MS = 100;

/** How long a tag may wait for others to share its batch: nothing while viewers are few. */
export function batchMs(viewers: number, maxBatchMs: number): number {
  if (viewers <= FEW_VIEWERS) return 0;
  return Math.min(viewers < MANY_VIEWERS ? MIDDLE_MS : LONGEST_MS, maxBatchMs);
}

/** Calls back once, so many milliseconds from now; what it returns cancels that. */
export type Schedule = (run: () => void, delayMs: number) => () => void;
