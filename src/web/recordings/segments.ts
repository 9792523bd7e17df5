import { record } from "../json.ts";

/** One file of a recording, as the API lists it. */
export interface RecordedSegment {
  /** Of its stream: for URLs. */
  readonly id: string;
  /** When its first frame was captured, by the server's clock, in milliseconds since 1970. */
  readonly startMs: number;
  readonly durationMs: number;
  readonly bytes: number;
  readonly state: "recording" | "done" | "repaired";
  readonly isKept: boolean;
  /** From the end of the one before; 0: no frame is missing between them; null: it is the first of all. */
  readonly gapBeforeMs: number | null;
}

/** A span of time, in milliseconds since 1970; its end is not in it. */
export interface Span {
  readonly startMs: number;
  readonly endMs: number;
}

/** What plays at a moment; `skippedMs`: so much later than asked, as nothing is recorded there. */
export interface Place {
  readonly segment: RecordedSegment;
  readonly offsetMs: number;
  readonly skippedMs: number;
}

/** Holes below this are differences of clocks, or a frame: neither is shown, or told of. */
export const MIN_GAP_MS = 1000;

export const endOf = ({ startMs, durationMs }: RecordedSegment): number => startMs + durationMs;

/** What plays at a moment: the segment that has it, or the next one. Null after the last of them. */
export function placeAt(segments: readonly RecordedSegment[], atMs: number): Place | null {
  const at = lastBegunAt(segments, atMs);
  const begun = segments[at];
  if (begun !== undefined && atMs < endOf(begun))
    return { segment: begun, offsetMs: atMs - begun.startMs, skippedMs: 0 };
  const next = segments[at + 1];
  return next === undefined ? null : { segment: next, offsetMs: 0, skippedMs: next.startMs - atMs };
}

/** The index of the last segment that begins at or before a moment; -1 where none does. They are in order. */
export function lastBegunAt(segments: readonly RecordedSegment[], atMs: number): number {
  let [low, high] = [0, segments.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((segments[middle]?.startMs ?? Number.POSITIVE_INFINITY) <= atMs) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** What is recorded without a gap: ten thousand segments are a few runs. */
export function runsOf(segments: readonly RecordedSegment[]): readonly Span[] {
  const runs: { startMs: number; endMs: number }[] = [];
  for (const segment of segments) {
    const last = runs.at(-1);
    if (last !== undefined && segment.startMs - last.endMs < MIN_GAP_MS)
      last.endMs = Math.max(last.endMs, endOf(segment));
    else runs.push({ startMs: segment.startMs, endMs: endOf(segment) });
  }
  return runs;
}

/** The answer to a list of recordings; null for anything else. */
export function readRecordings(json: unknown): Recordings | null {
  const { isRecording, segments } = record(json);
  if (!Array.isArray(segments)) return null;
  const all = segments.filter(isSegment);
  return { isRecording: isRecording === true, segments: all.toSorted((a, b) => a.startMs - b.startMs) };
}

export interface Recordings {
  readonly isRecording: boolean;
  /** In the order of their time. */
  readonly segments: readonly RecordedSegment[];
}

/** Whether it is one by what it is placed by: the rest of it is the API's word. */
function isSegment(json: unknown): json is RecordedSegment {
  const { id, startMs, durationMs } = record(json);
  return typeof id === "string" && typeof startMs === "number" && typeof durationMs === "number";
}
