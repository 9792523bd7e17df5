import { MIN_GAP_MS, type Span } from "./segments.ts";

/** As much as the server makes into one MP4 file. */
export const MAX_MP4_MS = 3_600_000;
const MIN_CLIP_MS = 1000;

/** What is marked to be downloaded: one end, or both. */
export interface Marks {
  readonly inMs: number | null;
  readonly outMs: number | null;
}

export type MarkName = "in" | "out";

export const NO_MARKS: Marks = { inMs: null, outMs: null };

/** Marks one end; an other end that would be on the wrong side of it goes. */
export function marked(marks: Marks, name: MarkName, ms: number): Marks {
  if (name === "in") return { inMs: ms, outMs: isAfter(marks.outMs, ms) ? marks.outMs : null };
  return { inMs: isAfter(ms, marks.inMs) ? marks.inMs : null, outMs: ms };
}

/** Moves one end, as far as the other one lets it. */
export function moved(marks: Marks, name: MarkName, ms: number): Marks {
  const { inMs, outMs } = marks;
  if (name === "in") return { inMs: outMs === null ? ms : Math.min(ms, outMs - MIN_CLIP_MS), outMs };
  return { inMs, outMs: inMs === null ? ms : Math.max(ms, inMs + MIN_CLIP_MS) };
}

export function clipOf({ inMs, outMs }: Marks): Span | null {
  return inMs === null || outMs === null ? null : { startMs: inMs, endMs: outMs };
}

export function recordedMs(runs: readonly Span[], { startMs, endMs }: Span): number {
  const parts = runs.map((run) => Math.min(run.endMs, endMs) - Math.max(run.startMs, startMs));
  return parts.reduce((sum, ms) => sum + Math.max(0, ms), 0);
}

/** Whether some of a span is not recorded, as far as anybody would see. */
export function hasGaps(runs: readonly Span[], span: Span): boolean {
  return span.endMs - span.startMs - recordedMs(runs, span) >= MIN_GAP_MS;
}

function isAfter(ms: number | null, otherMs: number | null): boolean {
  return ms !== null && otherMs !== null && ms - otherMs >= MIN_CLIP_MS;
}
