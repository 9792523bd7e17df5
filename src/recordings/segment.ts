/** One file of a stream's recording: it begins at a key frame, and its own time begins at 0. */
export interface Segment {
  /** Of its stream, for URLs: when it began, in UTC, `20261129T140500Z`; with `-2` where there is one already. */
  readonly id: string;
  /** When its first frame was captured, in milliseconds since 1970. */
  readonly startMs: number;
  /** Of its media, by its tags; of one that is being written, so far. */
  readonly durationMs: number;
  readonly bytes: number;
  /** `repaired`: its end is where whatever wrote it was cut off. */
  readonly state: "recording" | "done" | "repaired";
  /** Retention leaves it alone. */
  readonly isKept: boolean;
  /** Absolute path of the file, which changes when a segment is done (`.flv.part`, `.flv`) or is kept. */
  readonly file: string;
  /** When the file was last changed, in milliseconds since 1970. */
  readonly modifiedMs: number;
}

/** What there is of a stream's recording, for those who list and play it. */
export interface StreamRecordings {
  /** In the order of their time. Never waits for the disk. */
  list(): readonly Segment[];
  /** Up to `length` bytes from `start` on; fewer at the end of the file. @throws DiskError */
  read(segment: Segment, start: number, length: number): Promise<Uint8Array>;
  /** Takes it out of retention, or gives it back. @throws DiskError */
  keep(segment: Segment, isKept: boolean): Promise<Segment>;
}
