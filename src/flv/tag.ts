/** What a tag is to a viewer: when a stream may start with it, and when it may be left out. */
export type TagRole = "metadata" | "video-config" | "audio-config" | "key" | "delta" | "audio";

/** One FLV tag, made once and shared by every viewer. */
export interface Tag {
  readonly role: TagRole;
  /** Milliseconds from the channel's epoch, 0 … 2^31 - 1. */
  readonly timestampMs: number;
  /** Tag header, body and PreviousTagSize (Adobe FLV 10.1, E.3 and E.4.1). Never written again. */
  readonly bytes: Uint8Array;
}
