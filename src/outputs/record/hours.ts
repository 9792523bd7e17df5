import type { RecordSettings } from "./record-settings.ts";

const MINUTE_MS = 60_000;

/** Whether a moment is within the hours in which a stream is recorded; at any time where it has none. */
export function isWithinHours(
  { when, timeZone }: Pick<RecordSettings, "when" | "timeZone">,
  atMs: number,
): boolean {
  if (typeof when === "string") return true;
  const at = new Date(atMs);
  const isUtc = timeZone === "utc";
  const minute = isUtc ? at.getUTCHours() * 60 + at.getUTCMinutes() : at.getHours() * 60 + at.getMinutes();
  const { fromMinute, toMinute } = when;
  return fromMinute < toMinute
    ? minute >= fromMinute && minute < toMinute
    : minute >= fromMinute || minute < toMinute;
}

/** Until the next minute, with which hours begin and end; clocks and their offsets from UTC may have been set by then. */
export function toNextMinuteMs(atMs: number): number {
  return MINUTE_MS - (atMs % MINUTE_MS);
}
