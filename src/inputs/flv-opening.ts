import type { FlvMessage } from "../media/flv/message.ts";
import type { Tracks } from "../media/packet.ts";

/**
 * The beginning of an input that sends FLV messages: collected until it is known which tracks it has, what its video is,
 * and that both can be carried. Bounded in bytes.
 */
export class FlvOpening {
  /** Adds what has come; true once all is known. @throws UserError for a codec that cannot be carried, in words for the sender's user */
  push(_message: FlvMessage, _nowMs: number): boolean {
    throw new Error("not built");
  }

  /** The same, where nothing has come: sound that is promised is not waited for longer than two seconds behind a key frame. */
  isKnown(_nowMs: number): boolean {
    throw new Error("not built");
  }

  get tracks(): Tracks {
    throw new Error("not built");
  }

  /** All that has come, for the capture. */
  get messages(): readonly FlvMessage[] {
    throw new Error("not built");
  }
}
