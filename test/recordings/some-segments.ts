import type { Segment } from "../../src/recordings/segment.ts";

export const MINUTE_MS = 60_000;
/** 2026-11-29 14:00:00 UTC */
export const START_MS = Date.UTC(2026, 10, 29, 14);

/** The one of so many minutes after the first, a minute long and of a megabyte. */
export function segmentAt(minute: number, more: Partial<Segment> = {}): Segment {
  const startMs = START_MS + minute * MINUTE_MS;
  const id = new Date(startMs).toISOString().replace(/[-:]|\.\d+/g, "");
  return {
    ...{ id, startMs, durationMs: MINUTE_MS, bytes: 1_000_000, state: "done", isKept: false },
    ...{ file: `/rec/cam/2026-11-29/${id}.flv`, modifiedMs: startMs + MINUTE_MS },
    ...more,
  };
}

export const segmentsAt = (...minutes: readonly number[]): readonly Segment[] =>
  minutes.map((minute) => segmentAt(minute));
