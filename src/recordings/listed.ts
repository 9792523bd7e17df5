import type { Segment } from "./segment.ts";
import { gapBeforeMs } from "./span.ts";

/** A segment as others are told of it: without its place on the disk. */
export interface ListedSegment
  extends Pick<Segment, "id" | "startMs" | "durationMs" | "bytes" | "state" | "isKept"> {
  /** How long nothing was recorded before it; 0 where it continues the one before it, null where there is none. */
  readonly gapBeforeMs: number | null;
}

export function listed(segments: readonly Segment[]): readonly ListedSegment[] {
  return segments.map((segment, at) => {
    const { id, startMs, durationMs, bytes, state, isKept } = segment;
    const gapMs = gapBeforeMs(segments[at - 1], segment);
    return { id, startMs, durationMs, bytes, state, isKept, gapBeforeMs: gapMs };
  });
}

/** Whether another process has sent one. */
export function isListedSegment(value: unknown): value is ListedSegment {
  if (typeof value !== "object" || value === null) return false;
  const fields = new Map<string, unknown>(Object.entries(value));
  const areNumbers = ["startMs", "durationMs", "bytes"].every((name) => typeof fields.get(name) === "number");
  const areTexts = ["id", "state"].every((name) => typeof fields.get(name) === "string");
  const gapMs = fields.get("gapBeforeMs");
  return areNumbers && areTexts && (gapMs === null || typeof gapMs === "number");
}
