/** One thing that happened, for whoever looks after the stream: one line on a terminal, one object in JSON. */
export interface LogEvent {
  readonly level: LogLevel;
  /** A sentence that says all there is to know, without its end mark. */
  readonly text: string;
  /** Who says so; without it, flvcast itself. */
  readonly program?: "ffmpeg";
  /** What a program may search for; people read the text. */
  readonly fields?: Readonly<Record<string, string | number>>;
}

/** In the journal's order, the gravest first. `debug` is what other programs said. */
export type LogLevel = "error" | "warning" | "notice" | "info" | "debug";
