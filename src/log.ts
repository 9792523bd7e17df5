import type { ExitReason } from "./errors.ts";
import type { streamStates } from "./stream.ts";

/** One event, for the operator of the stream: one line on a terminal, one object in JSON. */
export type LogEvent = { [Name in EventName]: EventNamed<Name> }[EventName];

interface EventNamed<Name extends EventName> {
  readonly level: LogLevel;
  readonly event: Name;
  /** A complete sentence, without a full stop. */
  readonly text: string;
  /** The program that reported it; missing: flvcast itself. */
  readonly program?: "ffmpeg";
  /** For programs; people read the text. */
  readonly fields: FieldsOf<Name>;
}

/** Event names for programs that read logs; they stay the same when texts change. */
export const eventNames = [
  ...([
    "starting",
    "state-changed",
    "waiting-for-device",
    "start-failed",
    "exit-idle",
    "fallback",
    "public-access",
    "viewer-joined",
    "viewer-left",
    "publish-here",
    "publisher-joined",
    "publisher-left",
    "ended",
  ] as const),
  ...([
    "input-lost",
    "input-back",
    "format-changed",
    "units-dropped",
    "sound-layout",
    "sound-encoded",
    "video-encoded",
    "video-format",
    "encoder-selected",
    "encoder-limited",
    "encoder-disabled",
    "encoder-slow",
    "key-frames-late",
    "output-failed",
    "push-up",
    "push-down",
    "push-codec",
    "push-key-frames",
    "recording-started",
    "recording-paused",
    "recording-resumed",
    "segment-done",
    "history-short",
    "clip-saved",
    "clip-failed",
  ] as const),
  ...([
    "stream-failed",
    "config-applied",
    "config-refused",
    "config-fault",
    "config-kept",
    "config-warning",
  ] as const),
  ...(["address-lost", "address-back"] as const),
  ...(["hook-failed", "hook-recovered", "hook-output", "events-dropped"] as const),
  ...(["clock-changed", "token-hidden", "token-not-saved"] as const),
  ...(["certificate-reloaded", "certificate-not-valid", "certificate-unusable"] as const),
  ...([
    "control-unavailable",
    "request-failed",
    "url-not-printed",
    "lines-dropped",
    "systemd-unreachable",
    "watchdog-stopped",
    "ffmpeg",
    "failed",
    "internal-error",
  ] as const),
] as const;

export type EventName = (typeof eventNames)[number];

/** The fields of events that have more than a text. An `input` is as given by the user, with passwords hidden. */
interface EventFields {
  readonly starting: { readonly name: string };
  readonly "state-changed": {
    readonly name: string;
    readonly state: StreamState;
    readonly before: StreamState;
  };
  readonly "viewer-joined": { readonly name: string; readonly address: string; readonly viewers: number };
  readonly "viewer-left": { readonly name: string; readonly address: string; readonly viewers: number };
  /** `program` as it calls itself. */
  readonly "publisher-joined": { readonly name: string; readonly address: string; readonly program: string };
  readonly "publisher-left": {
    readonly name: string;
    readonly address: string;
    readonly program: string;
    readonly why: string;
    /** That it has sent. */
    readonly bytes: number;
    readonly durationMs: number;
  };
  readonly "publish-here": { readonly name: string; readonly server: string };
  /** With those who have watched. */
  readonly ended: { readonly name: string; readonly viewers: number };
  readonly "waiting-for-device": { readonly reason: ExitReason };
  readonly "start-failed": { readonly name: string; readonly reason: ExitReason };
  /** Without an input: about the start itself. */
  readonly fallback: { readonly input?: string };
  readonly "input-lost": { readonly input: string; readonly reason: ExitReason; readonly retryMs: number };
  readonly "input-back": { readonly input: string };
  readonly "sound-encoded": { readonly input: string };
  readonly "video-encoded": { readonly input: string };
  readonly "stream-failed": { readonly reason: ExitReason; readonly retryMs?: number };
  readonly "format-changed": { readonly input: string; readonly change: string };
  /** Without an input: the first one chosen. */
  readonly "encoder-selected": { readonly encoder: string; readonly input?: string };
  readonly "encoder-limited": { readonly encoder: string };
  readonly "encoder-disabled": { readonly encoder: string };
  readonly "encoder-slow": { readonly input: string; readonly encoder: string; readonly lagMs: number };
  readonly "key-frames-late": {
    readonly input: string;
    /** Missing if the input's own video is passed through. */
    readonly encoder?: string;
    readonly intervalMs: number;
    readonly fps: number;
  };
  readonly "units-dropped": {
    readonly input: string;
    readonly why: "damaged" | "ignored";
    readonly units?: number;
  };
  readonly "address-lost": { readonly address: string };
  readonly "address-back": { readonly address: string };
  /** A `hook` is a program's path, or a URL with passwords hidden. */
  readonly "hook-failed": { readonly hook: string };
  readonly "hook-recovered": { readonly hook: string };
  readonly "hook-output": { readonly hook: string };
  readonly "events-dropped": { readonly hook: string; readonly dropped: number };
  readonly "output-failed": { readonly output: string };
  readonly "history-short": { readonly name: string; readonly keptMs: number; readonly wantedMs: number };
  readonly "clip-saved": { readonly name: string; readonly file: string; readonly durationMs: number };
  readonly "clip-failed": { readonly name: string; readonly why: string };
  /** A `target` is a URL without its stream key; `why` is in the server's words, where it said something. */
  readonly "push-up": { readonly target: string };
  readonly "push-down": { readonly target: string; readonly why: string; readonly retryMs: number };
  readonly "push-codec": { readonly target: string; readonly codecs: string };
  readonly "push-key-frames": { readonly target: string };
  readonly "recording-started": { readonly name: string; readonly folder: string };
  readonly "recording-resumed": { readonly name: string; readonly folder: string };
  readonly "recording-paused": { readonly name: string; readonly why: string };
  /** `repaired`: its end is where something cut off whatever wrote it. */
  readonly "segment-done": {
    readonly name: string;
    readonly segment: string;
    readonly file: string;
    readonly startMs: number;
    readonly durationMs: number;
    readonly bytes: number;
    readonly state: "done" | "repaired";
  };
  readonly "clock-changed": { readonly input: string; readonly stepMs: number };
  readonly "token-hidden": { readonly name: string; readonly tokenFile?: string };
  readonly "token-not-saved": { readonly name: string };
  readonly "control-unavailable": { readonly name: string };
  readonly "request-failed": { readonly request: string; readonly stack: string };
  readonly "url-not-printed": { readonly name: string; readonly reason: string };
  readonly "lines-dropped": { readonly dropped: number };
  readonly "watchdog-stopped": { readonly input: string };
  readonly failed: { readonly reason: ExitReason; readonly exitCode: number; readonly lastLines?: string };
  readonly "internal-error": { readonly stack?: string };
}

type StreamState = (typeof streamStates)[number];
type FieldsOf<Name extends EventName> = Name extends keyof EventFields
  ? EventFields[Name]
  : Readonly<Record<string, never>>;
/** Optional if no field is required. */
type Given<Name extends EventName> = Name extends keyof EventFields
  ? Partial<EventFields[Name]> extends EventFields[Name]
    ? [fields?: EventFields[Name]]
    : [fields: EventFields[Name]]
  : [];

/** Something normal or expected. */
export function notice<Name extends EventName>(event: Name, text: string, ...fields: Given<Name>): LogEvent {
  return logEvent("notice", event, text, ...fields);
}

/** Something that may need attention. */
export function warning<Name extends EventName>(event: Name, text: string, ...fields: Given<Name>): LogEvent {
  return logEvent("warning", event, text, ...fields);
}

function logEvent(level: LogLevel, event: EventName, text: string, fields: object = {}): LogEvent {
  return { level, event, text, fields } as LogEvent; // `Given` has seen that a name goes with its own fields
}

/** In the journal's order, most severe first. `debug` is shown with --verbose. */
export type LogLevel = "error" | "warning" | "notice" | "info" | "debug";
