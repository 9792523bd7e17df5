import { FlvDemuxer } from "../../../src/media/flv/demuxer.ts";
import { TagType } from "../../../src/media/flv/layout.ts";
import type { FlvMessage } from "../../../src/media/flv/message.ts";
import { fixture } from "../fixture.ts";
import { bytes } from "./hex.ts";

/** The messages of a recorded FLV stream. */
export function messagesOf(name: string): FlvMessage[] {
  return new FlvDemuxer({ isTolerant: true })
    .push(fixture(`flv/${name}`))
    .filter((event) => event.kind === "tag");
}

export function video(body: string, timestampMs = 0): FlvMessage {
  return { type: TagType.video, timestampMs, body: bytes(body) };
}

export function audio(body: string, timestampMs = 0): FlvMessage {
  return { type: TagType.audio, timestampMs, body: bytes(body) };
}

/** The same stream, in which each frame is shown at its decode time plus this; less than nothing is possible. */
export function withComposition(message: FlvMessage, compositionTimeMs: number): FlvMessage {
  const body = Uint8Array.from(message.body);
  new DataView(body.buffer).setInt32(1, compositionTimeMs); // its high byte is the packet type's
  body[1] = message.body[1] ?? 0;
  return { ...message, body };
}
