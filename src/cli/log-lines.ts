import type { EventName, LogLevel } from "../log.ts";
import { localTime } from "../system/local-time.ts";

export interface LogRecord {
  readonly level: LogLevel;
  readonly event: EventName;
  readonly text: string;
  /** Who says so; without it, flvcast itself. */
  readonly program?: "ffmpeg";
  readonly fields?: Readonly<Record<string, string | number>>;
}

/** How events are written: for people, in a log that is read later, for journald's priorities, or for programs. */
export type LogForm = "text" | "dated" | "journal" | "json";

/** Priorities of syslog, RFC 5424 6.2.1, as sd-daemon(3) writes them before a line. */
const PRIORITIES: Readonly<Record<LogLevel, number>> = {
  error: 3,
  warning: 4,
  notice: 5,
  info: 6,
  debug: 7,
};

/** One event as one line, its end included. @param atMs when it happened, by Date.now() */
export function logLine(event: LogRecord, form: LogForm, atMs: number): string {
  const text = onOneLine(event.text);
  switch (form) {
    case "text":
      return `${event.program ?? "flvcast"}: ${text}\n`;
    case "dated":
      return `${localTime(atMs)} ${event.program ?? "flvcast"}: ${text}\n`;
    case "journal": {
      // The journal names the program by itself.
      const program = event.program === undefined ? "" : `${event.program}: `;
      return `<${PRIORITIES[event.level]}>${program}${text}\n`;
    }
    case "json":
      return `${JSON.stringify(jsonOf(event, text, atMs))}\n`;
  }
}

/** What stands below an event's line: indented for people, one line each. JSON has it in the event's fields. */
export function lineBelow(line: string, level: LogLevel, form: LogForm): string {
  const text = line.replace(CONTROL_BUT_TAB, " ").trimEnd();
  switch (form) {
    case "text":
    case "dated":
      return `  ${text}\n`;
    case "journal":
      return `<${PRIORITIES[level]}>  ${text}\n`;
    case "json":
      return "";
  }
}

function jsonOf({ level, event, program, fields }: LogRecord, text: string, atMs: number) {
  const time = new Date(atMs).toISOString();
  const own = { time, level, event, ...(program === undefined ? {} : { program }), text };
  return { ...own, ...fields, ...own }; // in this order, and never another's
}

/** Lines of a log as a terminal has them: without the time. */
export function undated(lines: string): string {
  return lines.replace(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d (?=(flvcast|ffmpeg): )/gm, "");
}

/** What moves a cursor, ends a line or turns the direction of writing, and half characters. */
const CONTROL = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}]+/gu;
const CONTROL_BUT_TAB = /(?!\t)[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}]/gu;

/** Names come from devices and from the network: none of them writes control characters to a terminal. */
function onOneLine(text: string): string {
  return text.replace(CONTROL, " ").replace(/ {2,}/g, " ").trim();
}
