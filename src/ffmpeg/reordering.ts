import type { Source } from "../devices/source.ts";

/**
 * What the times of copied video mean, whose frames come in coding order.
 * - `looked-at`: frames are shown in this order, as far as is known
 * - `arrival`: they are those of arrival, so that B-frames have none
 * - `presentation`: they tell when frames are shown
 */
export type CopiedReordering = "looked-at" | "arrival" | "presentation";

/** `reorders`: it is known to have B-frames. */
export function copiedReordering(
  { device, clock }: Pick<Source, "device" | "clock">,
  reorders: boolean,
): CopiedReordering {
  if (device !== null || clock === "none") return "arrival";
  return clock === "rtp" && !reorders ? "looked-at" : "presentation";
}

/**
 * RTP carries no decode times. ffmpeg guesses them, and where it knows nothing of B-frames, it then bends presentation times
 * that lie before them, or ends over the first frame, which has none. This takes the presentation times as they come, and
 * counts decode times, which NUT does not carry anyway. It holds one frame back.
 */
export const SET_TIMES = "setts=pts='if(eq(PTS,NOPTS),if(N,PREV_OUTPTS+1,0),PTS)':dts=N";
