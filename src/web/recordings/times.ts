const clock = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" } as const;
const withSeconds = new Intl.DateTimeFormat(undefined, { ...clock, second: "2-digit" });
const withoutSeconds = new Intl.DateTimeFormat(undefined, clock);
const longDay = new Intl.DateTimeFormat(undefined, {
  ...{ weekday: "long", day: "numeric", month: "long", year: "numeric" },
});
const shortDay = new Intl.DateTimeFormat(undefined, { weekday: "short", day: "numeric", month: "short" });
const monthName = new Intl.DateTimeFormat(undefined, { month: "long", year: "numeric" });

/** `14:05:09` */
export const timeText = (ms: number): string => withSeconds.format(ms);
/** `14:05` */
export const minuteText = (ms: number): string => withoutSeconds.format(ms);
/** `Sunday, 29 November 2026`, in the order of the viewer's language. */
export const longDayText = (ms: number): string => longDay.format(ms);
/** `Sun, 29 Nov` */
export const shortDayText = (ms: number): string => shortDay.format(ms);
export const monthText = (ms: number): string => monthName.format(ms);

/** `Europe/Berlin, UTC+1`: whose times these are. */
export function zoneText(ms: number): string {
  const { timeZone } = new Intl.DateTimeFormat().resolvedOptions();
  const name = timeZone.replaceAll("_", " ");
  const minutes = -new Date(ms).getTimezoneOffset();
  const [hours, rest] = [Math.trunc(Math.abs(minutes) / 60), Math.abs(minutes) % 60];
  const offset = minutes === 0 ? "" : `${minutes < 0 ? "−" : "+"}${hours}${rest === 0 ? "" : `:${rest}`}`;
  return name === "UTC" ? name : `${name}, UTC${offset}`;
}

/** `3 s`, `12 min`, `1 h 5 min`: as long as a sentence says it. */
export function lengthText(ms: number): string {
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60)
    return seconds < 600 && seconds % 60 !== 0
      ? `${Math.trunc(seconds / 60)} min ${seconds % 60} s`
      : `${minutes} min`;
  const [hours, rest] = [Math.trunc(minutes / 60), minutes % 60];
  return rest === 0 ? `${hours} h` : `${hours} h ${rest} min`;
}

/** `183 MB` */
export function sizeText(bytes: number): string {
  if (bytes < 1e6) return `${Math.max(1, Math.round(bytes / 1e3))} kB`;
  return bytes < 1e9 ? `${Math.round(bytes / 1e6)} MB` : `${(bytes / 1e9).toFixed(1)} GB`;
}

/** `2026-11-29 14-05-09`: for the name of a file, which no system takes a colon in. */
export function fileTime(ms: number): string {
  const local = new Date(ms - new Date(ms).getTimezoneOffset() * 60_000).toISOString();
  return local.slice(0, 19).replace("T", " ").replaceAll(":", "-");
}
