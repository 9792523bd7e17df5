import { type KeepFree, pathProblem, type RecordWhen } from "../outputs/record/record-settings.ts";
import { refuse } from "./parse.ts";
import type { Moment } from "./settings.ts";

const MS_PER_UNIT: Readonly<Record<string, number>> = {
  ...{ s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 7 * 86_400_000 },
};
const MAX_KEEP_MS = 100 * 365 * 86_400_000;

/** How long segments are kept: `7d`, `12h`, `forever`, which is null. */
export function parseKeepMs(text: string): number | null {
  if (text === "forever") return null;
  const [, count, unit = ""] = /^(\d{1,9}(?:\.\d{1,6})?)([smhdw])$/.exec(text) ?? [];
  if (count === undefined)
    refuse("is not a time: use forever, or a number with s, m, h, d (days) or w (weeks)", "7d");
  const keepMs = Math.round(Number(count) * (MS_PER_UNIT[unit] ?? 1));
  if (keepMs < 1000 || keepMs > MAX_KEEP_MS) refuse("is out of range: use 1s to 36500d, or forever", "7d");
  return keepMs;
}

/** The same as a text, in the largest unit that it is whole in. */
export function keepText(keepMs: number): string {
  const [unit, ms] = (["d", "h", "m"] as const)
    .map((one) => [one, MS_PER_UNIT[one] ?? 1] as const)
    .find(([, one]) => keepMs % one === 0) ?? ["s", 1000];
  return `${keepMs / ms}${unit}`;
}

const prefixes = ["", "k", "m", "g", "t", "p"];

/** Bytes: `50GB`, `500MB`, `1.5TB`; with an i, as GiB, in powers of 1024. */
export function parseBytes(text: string): number {
  const [, count, prefix = "", binary] = /^(\d{1,15}(?:\.\d{1,6})?) ?(?:([kmgtp])(i)?)?b?$/i.exec(text) ?? [];
  if (count === undefined) refuse("is not a size: use bytes, or a number with MB, GB or TB", "50GB");
  const bytes = Math.round(Number(count) * (binary ? 1024 : 1000) ** prefixes.indexOf(prefix.toLowerCase()));
  if (bytes < MIN_BYTES || !Number.isSafeInteger(bytes)) refuse("is out of range: use 1MB to 9000TB", "50GB");
  return bytes;
}

const MIN_BYTES = 1_000_000;

export function bytesText(bytes: number): string {
  const power = [4, 3, 2].find((one) => bytes % 1000 ** one === 0) ?? 0;
  return `${bytes / 1000 ** power}${prefixes[power]?.toUpperCase()}${power === 0 ? "" : "B"}`;
}

/** How much of a disk is left to others: `10GB`, or `5%` of it. */
export function parseKeepFree(text: string): KeepFree {
  const [, percent] = /^(\d{1,3}(?:\.\d{1,3})?) ?%$/.exec(text) ?? [];
  if (percent === undefined) return { bytes: parseBytes(text) };
  if (Number(percent) <= 0 || Number(percent) > 90) refuse("is out of range: use up to 90%", "5%");
  return { percent: Number(percent) };
}

export function keepFreeText(keepFree: KeepFree): string {
  return "percent" in keepFree ? `${keepFree.percent}%` : bytesText(keepFree.bytes);
}

/** `always`, `watched`, or the hours of each day. */
export function parseWhen(text: string): RecordWhen {
  if (text === "always" || text === "watched") return text;
  const [, from, to] = /^(\d{1,2}:\d\d)-(\d{1,2}:\d\d)$/.exec(text) ?? [];
  const [fromMinute, toMinute] = [minuteOf(from), minuteOf(to)];
  if (fromMinute === null || toMinute === null || fromMinute === 1440)
    refuse("is not valid: use always, watched, or hours", "08:00-18:00");
  if (fromMinute === toMinute % 1440) refuse("begins when it ends: use always for all day", "08:00-18:00");
  return { fromMinute, toMinute };
}

/** null for what is no time of day. */
function minuteOf(text: string | undefined): number | null {
  const [hours = Number.NaN, minutes = Number.NaN] = (text ?? "").split(":").map(Number);
  const minute = hours * 60 + minutes;
  return minutes < 60 && minute <= 1440 ? minute : null;
}

export function whenText(when: RecordWhen): string {
  if (typeof when === "string") return when;
  return [when.fromMinute, when.toMinute].map(clockText).join("-");
}

const clockText = (minute: number) =>
  [Math.floor(minute / 60), minute % 60].map((part) => String(part).padStart(2, "0")).join(":");

export const DEFAULT_RECORD_PATH = "%name/%Y-%m-%d/%H-%M-%S";
const MAX_PATH_LENGTH = 200;

/** Where the files of a stream are below its folder, without their suffix. */
export function parseRecordPath(text: string): string {
  if (!text.startsWith("%name/")) refuse("does not begin with %name/", DEFAULT_RECORD_PATH);
  const isPlain = text.length <= MAX_PATH_LENGTH && !/\p{Cc}/u.test(text);
  const problem = isPlain ? pathProblem(text) : `use up to ${MAX_PATH_LENGTH} printable characters`;
  if (problem !== null) refuse(`cannot be used: ${problem}`, DEFAULT_RECORD_PATH);
  return text;
}

/** `14:00`, `2026-11-29`, `2026-11-29 14:00`, RFC 3339; without an offset, in local time. */
export function parseMoment(text: string): Moment {
  const minuteOfToday = minuteOf(/^\d{1,2}:\d\d$/.exec(text)?.[0]);
  if (minuteOfToday !== null) return { minuteOfToday };
  const [, day, time = "00:00", zone = ""] =
    /^(\d{4}-\d\d-\d\d)(?:[Tt ](\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?)([Zz]|[+-]\d\d:\d\d)?)?$/.exec(text) ?? [];
  const atMs = Date.parse(`${day}T${time}${zone.toUpperCase()}`);
  if (Number.isNaN(atMs) || !isDay(day))
    refuse("is not a time: use 14:00, a day, or a day and a time", "2026-11-29T14:00");
  return { atMs };
}

/** Date.parse takes February 30 for March 2. */
function isDay(day = ""): boolean {
  return new Date(`${day}T00:00Z`).toISOString().startsWith(day);
}

/** What a segment is called: when it began, in UTC. */
export function parseSegmentId(text: string): string {
  if (!/^\d{8}T\d{6}Z(-\d{1,6})?$/.test(text))
    refuse("is not the ID of a recording: see flvcast recordings", "20261129T140000Z");
  return text;
}
