import type { TagType } from "./layout.ts";

/** What an FLV tag and an RTMP message of types 8, 9 and 18 have in common. */
export interface FlvMessage {
  readonly type: TagType;
  /** Decode time on the sender's clock, whole milliseconds, 0 … 2^32 - 1. */
  readonly timestampMs: number;
  /** A view into what was received. */
  readonly body: Uint8Array;
}

/** What a message takes in memory beside its body, at least. */
const MESSAGE_BYTES = 256;

/** What keeping it takes, however short it is. */
export function heldBytes({ body }: FlvMessage): number {
  return MESSAGE_BYTES + body.length;
}
