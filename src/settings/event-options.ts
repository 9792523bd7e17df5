import { nearest } from "../suggest.ts";
import { grouped } from "./option.ts";
import { parseDurationMs, parseText, refuse } from "./parse.ts";
import { type PublicEventName, publicEvents } from "./serve-settings.ts";

/** What a rule says of one kind of event, and whom it tells. */
export interface EventValues {
  /** A program's name or path; its arguments are no option. */
  readonly run: string;
  readonly timeoutMs: number;
  readonly post: string;
  readonly secret: string;
  readonly on: readonly PublicEventName[] | null;
  readonly afterMs: number | null;
}

/** How long a program may take, where a rule says nothing else. */
export const DEFAULT_TIMEOUT_MS = 10_000;

/** The keys of a rule under `events`, in the order of the documentation. */
export const eventOptions = grouped<EventValues>("Options", {
  run: {
    flag: "run",
    metavar: "PROGRAM",
    help: "program to run, or a list of the program and its arguments; there is no shell",
    fallback: undefined,
    path: "program",
    parse: parseText,
  },
  timeoutMs: {
    flag: "timeout",
    metavar: "TIME",
    help: "with run: stop the program after this long",
    fallbackText: `${DEFAULT_TIMEOUT_MS / 1000}s`,
    fallback: DEFAULT_TIMEOUT_MS,
    parse: parseTimeoutMs,
  },
  post: {
    flag: "post",
    metavar: "URL",
    help: "URL that gets the event as JSON",
    fallback: undefined,
    parse: parsePostUrl,
  },
  secret: {
    flag: "secret",
    metavar: "SECRET",
    help: "with post: sign the JSON with this key (HMAC-SHA256)",
    fallbackText: "not signed",
    fallback: undefined,
    isSecret: true,
    parse: parseText,
  },
  on: {
    flag: "on",
    metavar: "EVENTS",
    help: `which events: all, or any of ${publicEvents.join(", ")}`,
    fallbackText: "all",
    fallback: null,
    suggestions: { words: ["all", ...publicEvents] },
    isList: true,
    parse: parseEvents,
  },
  afterMs: {
    flag: "after",
    metavar: "TIME",
    help: "ignore what lasts less than this; 0: report at once",
    fallbackText: "as usual for the event",
    fallback: null,
    parse: (text) => (/^0s?$/.test(text) ? 0 : parseDurationMs(text)),
  },
});

const MAX_TIMEOUT_MS = 600_000;

function parseTimeoutMs(text: string): number {
  const timeoutMs = parseDurationMs(text);
  if (timeoutMs > MAX_TIMEOUT_MS) refuse("is out of range: use up to 10m", "10s");
  return timeoutMs;
}

/** Of HTTP. */
function parsePostUrl(text: string): string {
  if (!/^https?:\/\//i.test(text) || !URL.canParse(text))
    refuse("is not an http or https URL", "https://hook.example/flvcast");
  return text;
}

/** `all` is null; names, comma-separated. */
function parseEvents(text: string): readonly PublicEventName[] | null {
  const words = text.split(",").map((word) => word.trim());
  return words.length === 1 && words[0] === "all" ? null : [...new Set(words.map(parseEvent))];
}

function parseEvent(text: string): PublicEventName {
  const found = publicEvents.find((name) => name === text);
  if (found !== undefined) return found;
  const meant = (Object.hasOwn(synonyms, text) ? synonyms[text] : null) ?? nearest(text, publicEvents);
  const advice = meant === null ? `use all or ${publicEvents.join(", ")}` : `did you mean ${meant}?`;
  refuse(`has an unknown event; ${advice}`, meant ?? "stream-up");
}

const synonyms: Partial<Record<string, PublicEventName>> = {
  ...{ "channel-up": "stream-up", "channel-down": "stream-down", up: "stream-up", down: "stream-down" },
  ...{ runOnReady: "stream-up", runOnNotReady: "stream-down", runOnRead: "viewer-joined" },
  ...{ online: "stream-up", offline: "stream-down", ready: "stream-up", "viewer-connected": "viewer-joined" },
};
