/** One thing that happened, for whoever looks after the stream: one line on a terminal, one object in JSON. */
export interface LogEvent {
  readonly level: LogLevel;
  readonly event: EventName;
  /** A sentence that says all there is to know, without its end mark. */
  readonly text: string;
  /** Who says so; without it, flvcast itself. */
  readonly program?: "ffmpeg";
  /** What a program may search for; people read the text. */
  readonly fields?: Readonly<Record<string, string | number>>;
}

/** What happened, for programs that read logs: one word for one thing, whatever the text says by now. */
export const eventNames = [
  ...(["starting", "waiting-for-device", "fallback", "public-access", "watch-hint"] as const),
  ...([
    "input-lost",
    "input-back",
    "format-changed",
    "encoder-selected",
    "encoder-disabled",
    "output-failed",
  ] as const),
  ...(["address-lost", "address-back"] as const),
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

type Fields = NonNullable<LogEvent["fields"]>;

/** What is well, or was to be expected. */
export function notice(event: EventName, text: string, fields: Fields = {}): LogEvent {
  return { level: "notice", event, text, fields };
}

/** What somebody may have to see to. */
export function warning(event: EventName, text: string, fields: Fields = {}): LogEvent {
  return { level: "warning", event, text, fields };
}

/** In the journal's order, the gravest first. `debug` is what other programs said. */
export type LogLevel = "error" | "warning" | "notice" | "info" | "debug";
