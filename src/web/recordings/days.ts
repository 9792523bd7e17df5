import { endOf, type RecordedSegment, type Span } from "./segments.ts";

/** A day in the viewer's own time zone: 23 to 25 hours. */
export interface Day extends Span {
  /** `2026-11-29` */
  readonly key: string;
}

export function dayOf(ms: number): Day {
  const date = new Date(ms);
  return dayFrom(date.getFullYear(), date.getMonth(), date.getDate());
}

export function dayAfter({ endMs }: Day): Day {
  return dayOf(endMs);
}

export function dayOfKey(key: string): Day {
  const [year = 0, month = 0, date = 0] = key.split("-").map(Number);
  return dayFrom(year, month - 1, date);
}

/** @param month 0 to 11; a date beyond the month's is one of the next */
function dayFrom(year: number, month: number, date: number): Day {
  const start = new Date(year, month, date);
  const key = `${start.getFullYear()}-${twoDigits(start.getMonth() + 1)}-${twoDigits(start.getDate())}`;
  return {
    key,
    startMs: start.getTime(),
    endMs: new Date(year, month, date + 1).getTime(),
  };
}

const twoDigits = (value: number): string => String(value).padStart(2, "0");

/** The keys of the days that have something, in order. */
export function daysOf(segments: readonly RecordedSegment[]): readonly string[] {
  const keys = new Set<string>();
  let day: Day | null = null;
  for (const segment of segments) {
    if (day === null || segment.startMs >= day.endMs) day = dayOf(segment.startMs);
    keys.add(day.key);
    for (; endOf(segment) > day.endMs; keys.add(day.key)) day = dayAfter(day);
  }
  return [...keys].toSorted();
}

/** The next one of `days` in a direction; null where there is none. */
export function neighbor(days: readonly string[], key: string, direction: 1 | -1): string | null {
  if (direction === 1) return days.find((one) => one > key) ?? null;
  return days.findLast((one) => one < key) ?? null;
}
