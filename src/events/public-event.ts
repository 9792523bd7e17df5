import type { PublicEventName } from "../settings/serve-settings.ts";
import type { StreamState } from "../stream.ts";

/** Something that happened, as programs and web servers get it: one JSON object, whose fields stay the same. */
export interface PublicEvent {
  /** The same in every attempt to deliver it. */
  readonly id: string;
  readonly event: PublicEventName;
  /** When it happened, in milliseconds since 1970. */
  readonly atMs: number;
  readonly server: string;
  readonly stream: string | null;
  readonly state: StreamState | null;
  readonly previous: StreamState | null;
  /** Since when it has been in `state`. */
  readonly sinceMs: number | null;
  /** A name of the exit codes. */
  readonly reason: string | null;
  /** A sentence for people, without a full stop. */
  readonly text: string;
  /** Of the stream, without a token. */
  readonly url: string | null;
  /** Of input-lost and input-back, passwords hidden. */
  readonly input?: string;
  /** Of encoder-changed: the one in use from now on, as ffmpeg names it. */
  readonly encoder?: string;
  /** Of push-up and push-down: the server, without the stream key. */
  readonly target?: string;
  /** Of segment-done. */
  readonly segment?: {
    readonly id: string;
    readonly file: string;
    readonly startMs: number;
    readonly durationMs: number;
    readonly bytes: number;
    /** `repaired`: its end is where something cut off whatever wrote it. */
    readonly state: "done" | "repaired";
  };
  /** Of viewer-joined and viewer-left. */
  readonly viewer?: { readonly address: string };
  /** Of publisher-joined and publisher-left; `program` as it calls itself. */
  readonly publisher?: { readonly address: string; readonly program: string };
  /** How many watch now. */
  readonly viewers?: number;
}

/** The same for a program that reads no JSON. Each variable is always set, so that a script may use `set -u`. */
export function variablesOf(event: PublicEvent): Readonly<Record<string, string>> {
  const values = {
    EVENT: event.event,
    SERVER: event.server,
    STREAM: event.stream,
    STATE: event.state,
    REASON: event.reason,
    TEXT: event.text,
    URL: event.url,
    AT_MS: event.atMs,
    INPUT: event.input,
    VIEWER: event.viewer?.address,
    VIEWERS: event.viewers,
    TARGET: event.target,
    PUBLISHER: event.publisher?.address,
    FILE: event.segment?.file,
  };
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [`FLVCAST_${name}`, onOneLine(String(value ?? ""))]),
  );
}

/** A variable has no null character; and a line is what programs expect. */
function onOneLine(text: string): string {
  return text.replace(/\p{Cc}+/gu, " ");
}
