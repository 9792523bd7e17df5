import type { FlvMessage } from "../flv/message.ts";

/** What our sessions announce with SetChunkSize before any media. */
export const sentChunkBytes = 65_536;

/**
 * A message of media as it goes over the wire: a chunk with a whole header (5.3.1.2.1) and those that continue it. It depends
 * on the stream id alone, so that one framing serves all who have the same.
 */
export function frameMessage(_message: FlvMessage, _streamId: number): Uint8Array {
  throw new Error("not built");
}
