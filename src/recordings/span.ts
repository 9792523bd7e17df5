import type { Segment } from "./segment.ts";

/** Of the wall clock, in milliseconds since 1970; its end is not in it. */
export interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

/** What is played of one segment, in its own time. */
export interface Cut {
  readonly segment: Segment;
  readonly fromMs: number;
  /** Not in it; may be after the segment's end. */
  readonly toMs: number;
}

type Timed = Pick<Segment, "startMs" | "durationMs">;

/** A segment begins at the time of its first frame's capture, which is not known to the frame. */
const CONTINUOUS_MS = 1000;

/** How long nothing was recorded before a segment; 0 where it continues the one before it, null where there is none. */
export function gapBeforeMs(previous: Segment | undefined, segment: Segment): number | null {
  if (previous === undefined) return null;
  const gapMs = segment.startMs - endMsOf(previous);
  return gapMs < CONTINUOUS_MS ? 0 : gapMs;
}

export function isWithin(segment: Timed, { fromMs, toMs }: Span): boolean {
  return segment.startMs < toMs && endMsOf(segment) > fromMs;
}

/** What of each segment is in the span; none where nothing was recorded then. */
export function cutsOf(segments: readonly Segment[], span: Span): readonly Cut[] {
  return segments
    .filter((segment) => isWithin(segment, span))
    .map((segment) => ({
      segment,
      fromMs: Math.max(0, span.fromMs - segment.startMs),
      toMs: span.toMs - segment.startMs,
    }));
}

export function playedMs(cuts: readonly Cut[]): number {
  const lengths = cuts.map(({ segment, fromMs, toMs }) => Math.min(segment.durationMs, toMs) - fromMs);
  return lengths.reduce((sum, ms) => sum + Math.max(0, ms), 0);
}

/** A segment of a single frame lasts no time, and is there all the same. */
function endMsOf({ startMs, durationMs }: Timed): number {
  return startMs + Math.max(1, durationMs);
}
