import type { Present } from "../../inputs/stream-slot.ts";

type Who = Pick<Present, "program" | "address" | "sinceMs">;

export interface PublisherNews {
  onJoined(stream: string, who: Who): void;
  /** @param how as `disconnected` */
  onLeft(stream: string, who: Who, end: { readonly how: string; readonly bytes: number }): void;
  /** Its key frames are so far apart that viewers wait for them. Once a publisher. */
  onSparseKeyFrames(stream: string, seen: SparseKeyFrames): void;
}

export interface SparseKeyFrames {
  readonly intervalMs: number;
  readonly fps: number;
}
