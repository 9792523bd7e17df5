/** "14:02"; with the day where it was another one: "20 Nov, 14:02". In the browser's language. */
export function tellTime(sinceMs: number, nowMs: number, locale?: string): string {
  const isToday = new Date(sinceMs).toDateString() === new Date(nowMs).toDateString();
  const time = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" } as const;
  const day = isToday ? {} : ({ day: "numeric", month: "short" } as const);
  return new Intl.DateTimeFormat(locale, { ...day, ...time }).format(sinceMs);
}
