/** Bytes that go to viewers together: the FLV header alone, or one or more whole tags. Shared, never written again. */
export interface Batch {
  readonly bytes: Uint8Array;
}

/** A way out for a channel's bytes: one connection of one viewer. */
export interface Sink {
  /** Takes the batch. False means that the connection is backed up until the sink calls `Viewer.drained`. */
  write(batch: Batch): boolean;
  /** Ends the stream in an orderly way, after everything written. */
  end(): void;
  /** Drops the connection: the viewer is too far behind to be worth an orderly end. */
  destroy(): void;
}
