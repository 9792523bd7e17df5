import type { RecordedSegment } from "../../../src/web/recordings/segments.ts";

/** A segment as the API lists it; its ID says when it begins. */
export const segment = (
  startMs: number,
  durationMs: number,
  more: Partial<RecordedSegment> = {},
): RecordedSegment => ({
  ...{ id: `s${startMs}`, startMs, durationMs, bytes: 1000 },
  ...{ state: "done", isKept: false, gapBeforeMs: 0 },
  ...more,
});
