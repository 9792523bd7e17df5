import type { Span } from "./segments.ts";

const MIN_WINDOW_MS = 10 * 60_000;
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** How far apart ticks may be, by the clock. */
const STEPS_MS = [
  ...[MINUTE_MS, 2 * MINUTE_MS, 5 * MINUTE_MS, 10 * MINUTE_MS, 15 * MINUTE_MS, 30 * MINUTE_MS],
  ...[HOUR_MS, 2 * HOUR_MS, 3 * HOUR_MS, 4 * HOUR_MS, 6 * HOUR_MS, 12 * HOUR_MS],
];

export const lengthOf = ({ startMs, endMs }: Span): number => endMs - startMs;

/** Where a moment is in a window: 0 at its start, 1 at its end; beyond both for what is outside. */
export const shareOf = (window: Span, ms: number): number => (ms - window.startMs) / lengthOf(window);

export const momentAt = (window: Span, share: number): number => window.startMs + share * lengthOf(window);

/** The part of a day that is `factor` times as long; the moment at `share` stays there, or goes to `toShare`. */
export function zoomed(window: Span, day: Span, factor: number, share: number, toShare = share): Span {
  const lengthMs = Math.min(lengthOf(day), Math.max(MIN_WINDOW_MS, lengthOf(window) * factor));
  return within(day, momentAt(window, share) - toShare * lengthMs, lengthMs);
}

export function panned(window: Span, day: Span, byMs: number): Span {
  return within(day, window.startMs + byMs, lengthOf(window));
}

/** The same window where it shows the moment, else the one of its length with the moment in the middle. */
export function showing(window: Span, day: Span, ms: number): Span {
  if (ms >= window.startMs && ms < window.endMs) return window;
  return within(day, ms - lengthOf(window) / 2, lengthOf(window));
}

function within(day: Span, startMs: number, lengthMs: number): Span {
  const start = Math.min(Math.max(startMs, day.startMs), day.endMs - lengthMs);
  return { startMs: start, endMs: start + lengthMs };
}

export interface Tick {
  readonly ms: number;
  /** Of a full hour, or of a label. */
  readonly isLabeled: boolean;
}

/**
 * The ticks of a scale, at round times of the viewer's clock, also on days when it is put forward or back.
 * @param most how many labels there is room for
 */
export function ticksOf(window: Span, day: Span, most: number): readonly Tick[] {
  const labelMs = STEPS_MS.find((stepMs) => lengthOf(window) / stepMs <= most) ?? 12 * HOUR_MS;
  const tickMs = STEPS_MS.findLast((stepMs) => stepMs <= labelMs / 2 && labelMs % stepMs === 0) ?? labelMs;
  const stepMs = Math.min(tickMs, HOUR_MS / 2); // clocks are put forward by as little
  const first = day.startMs + Math.ceil((window.startMs - day.startMs) / stepMs) * stepMs;
  const ticks: Tick[] = [];
  for (let ms = first; ms <= window.endMs; ms += stepMs) {
    const clockMs = clockOf(ms);
    if (clockMs % tickMs === 0) ticks.push({ ms, isLabeled: clockMs % labelMs === 0 });
  }
  return ticks;
}

/** Of the day, by the viewer's clock. */
function clockOf(ms: number): number {
  const date = new Date(ms);
  return date.getHours() * HOUR_MS + date.getMinutes() * MINUTE_MS + date.getSeconds() * 1000;
}
