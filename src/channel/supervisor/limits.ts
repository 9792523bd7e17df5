import { LONGEST_DELAY_MS } from "../../system/backoff.ts";

/** What a supervised input may take for each of its states, before somebody does something about it. */
export interface SupervisionLimits {
  /** No frames for so long is a failure: of pictures, where there are any. */
  readonly stallMs: number;
  readonly firstFrameMs: number;
  readonly longestPauseMs: number;
}

/** A network camera's connection included. */
const FIRST_FRAME_MS = 15_000;

/** The limits with this `--stall`: for the supervisor and its watchdog. */
export function supervisionLimits(stallMs: number): SupervisionLimits {
  return { stallMs, firstFrameMs: Math.max(FIRST_FRAME_MS, stallMs), longestPauseMs: LONGEST_DELAY_MS };
}
