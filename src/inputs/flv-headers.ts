import { TagType } from "../media/flv/layout.ts";
import type { FlvMessage } from "../media/flv/message.ts";
import { readMessageBody } from "../media/flv/message-body.ts";

/** What whoever joins a stream of FLV messages must have had: its newest metadata and sequence headers. */
export class FlvHeaders {
  #metadata: FlvMessage | null = null;
  #video: FlvMessage | null = null;
  #audio: FlvMessage | null = null;

  see(message: FlvMessage): void {
    if (message.type === TagType.script) {
      this.#metadata = message;
      return;
    }
    const { kind } = readMessageBody(message);
    if (kind === "video-config") this.#video = message;
    if (kind === "audio-config") this.#audio = message;
  }

  /** A stream can begin with it: a key frame, or any sound where there is no video. */
  canBegin(message: FlvMessage): boolean {
    if (message.type !== TagType.audio) return isKeyFrame(message);
    return this.#video === null && readMessageBody(message).kind === "audio-frame";
  }

  /** As if they came at this time. */
  at(timestampMs: number): readonly FlvMessage[] {
    return [this.#metadata, this.#video, this.#audio].flatMap((message) =>
      message === null ? [] : { ...message, timestampMs },
    );
  }
}

export function isKeyFrame(message: FlvMessage): boolean {
  if (message.type !== TagType.video) return false;
  const body = readMessageBody(message);
  return body.kind === "video-frame" && body.isKey;
}
