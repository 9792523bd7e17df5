export type { KeepFree } from "../../recordings/retention.ts";
export { pathProblem } from "../../recordings/segment-path.ts";

export interface RecordSettings {
  /** Absolute path. */
  readonly folder: string;
  /** Of each file below it, without its suffix: `%name` and strftime's letters. */
  readonly path: string;
  readonly timeZone: "utc" | "local";
  /** A segment ends at the first key frame at or after each multiple of this, by the wall clock. */
  readonly segmentMs: number;
  /** What may be lost at a power cut: written to the disk at a key frame at least so often. */
  readonly syncMs: number;
  /** null: for ever. */
  readonly keepMs: number | null;
  /** Of all segments of the stream; null: no limit. */
  readonly maxBytes: number | null;
  readonly when: RecordWhen;
}

/** Minutes from midnight, in the time zone of the settings; `from` after `to` is over midnight. */
export type RecordWhen = "always" | "watched" | { readonly fromMinute: number; readonly toMinute: number };
