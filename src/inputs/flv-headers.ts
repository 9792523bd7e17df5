import { TagType } from "../media/flv/layout.ts";
import type { FlvMessage } from "../media/flv/message.ts";

/** PacketType of AVC and AAC (Adobe FLV 10.1, E.4.2.1 and E.4.3.1). */
const SEQUENCE_HEADER = 0;
const NAL_UNITS = 1;
const KEY_FRAME = 1;

/** What whoever joins a stream of FLV messages must have had: its newest metadata and sequence headers. */
export class FlvHeaders {
  #metadata: FlvMessage | null = null;
  #video: FlvMessage | null = null;
  #audio: FlvMessage | null = null;

  see(message: FlvMessage): void {
    if (message.type === TagType.script) this.#metadata = message;
    else if (message.body[1] !== SEQUENCE_HEADER || message.body.length <= 2) return;
    else if (message.type === TagType.video) this.#video = message;
    else this.#audio = message;
  }

  /** A stream can begin with it: a key frame, or any sound where there is no video. */
  canBegin(message: FlvMessage): boolean {
    if (message.body[1] === SEQUENCE_HEADER) return false;
    return message.type === TagType.audio ? this.#video === null : isKeyFrame(message);
  }

  /** As if they came at this time. */
  at(timestampMs: number): readonly FlvMessage[] {
    return [this.#metadata, this.#video, this.#audio].flatMap((message) =>
      message === null ? [] : { ...message, timestampMs },
    );
  }
}

export function isKeyFrame({ type, body }: FlvMessage): boolean {
  const [first = 0, packetType] = body;
  return type === TagType.video && first >> 4 === KEY_FRAME && packetType === NAL_UNITS;
}
