import { endOf, lastBegunAt, MIN_GAP_MS, type Place, placeAt, type RecordedSegment } from "./segments.ts";

/** A file that is being written is loaded again once it has grown by as much. */
const MIN_GROWTH_MS = 10_000;

/** Of a segment, in its own time. */
export interface Part {
  readonly fromMs: number;
  readonly toMs: number;
}

const MAX_PART_MS = 30 * 60_000;
/** So much more than is wanted, for those who go back a little. */
const BEFORE_MS = 60_000;

/** What of a segment is loaded to play at a place: all of it once it is done; the server makes a file of no other. */
export function partFor({ state, durationMs }: RecordedSegment, offsetMs: number): Part | null {
  if (state !== "recording") return null;
  const fromMs = Math.max(0, offsetMs - BEFORE_MS);
  return { fromMs, toMs: Math.min(durationMs, fromMs + MAX_PART_MS) };
}

/**
 * What comes after as much of a segment as was loaded: more of the same, if it has grown meanwhile, or the next one. Null at
 * the end of what is recorded.
 */
export function nextAfter(
  segments: readonly RecordedSegment[],
  current: RecordedSegment,
  playedMs: number,
): Place | null {
  const now = segments.find(({ id }) => id === current.id);
  const moreMs = current.state === "recording" && now !== undefined ? now.durationMs - playedMs : 0;
  if (now !== undefined && moreMs >= (now.state === "recording" ? MIN_GROWTH_MS : MIN_GAP_MS))
    return { segment: now, offsetMs: playedMs, skippedMs: 0 };
  const end = endOf(now ?? current);
  const later = segments.find(({ id, startMs }) => startMs > current.startMs && id !== current.id);
  if (later === undefined) return null;
  const skippedMs = later.startMs - end;
  return { segment: later, offsetMs: 0, skippedMs: skippedMs < MIN_GAP_MS ? 0 : skippedMs };
}

/** What plays when a moment is asked for: after the last segment, its last second. */
export function placeFor(segments: readonly RecordedSegment[], atMs: number): Place | null {
  const place = placeAt(segments, atMs);
  if (place !== null) return place;
  const last = segments.at(-1);
  if (last === undefined) return null;
  return { segment: last, offsetMs: Math.max(0, last.durationMs - 1000), skippedMs: 0 };
}

/** Back or forward by so much of what is recorded: a gap is no time. No further than to its ends. */
export function movedBy(segments: readonly RecordedSegment[], atMs: number, byMs: number): number {
  return byMs < 0 ? movedBack(segments, atMs, -byMs) : movedForward(segments, atMs, byMs);
}

function movedBack(segments: readonly RecordedSegment[], atMs: number, byMs: number): number {
  let restMs = byMs;
  const begun = segments.slice(0, lastBegunAt(segments, atMs) + 1);
  let fromMs = atMs;
  for (const segment of begun.toReversed()) {
    const untilMs = Math.min(fromMs, endOf(segment));
    if (untilMs - segment.startMs >= restMs) return untilMs - restMs;
    restMs -= untilMs - segment.startMs;
    fromMs = segment.startMs;
  }
  return begun[0]?.startMs ?? atMs;
}

function movedForward(segments: readonly RecordedSegment[], atMs: number, byMs: number): number {
  let restMs = byMs;
  for (const segment of segments.slice(Math.max(0, lastBegunAt(segments, atMs)))) {
    const fromMs = Math.max(atMs, segment.startMs);
    const leftMs = Math.max(0, endOf(segment) - fromMs);
    if (leftMs > restMs) return fromMs + restMs;
    restMs -= leftMs;
  }
  const last = segments.at(-1);
  return last === undefined ? atMs : Math.max(atMs, endOf(last));
}
