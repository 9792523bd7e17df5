import { encodeAmf0 } from "../flv/amf0.ts";
import { readUint24 } from "../flv/bytes.ts";
import { previousTagSizeBytes, TagType, tagHeaderBytes } from "../flv/layout.ts";
import type { FlvMessage } from "../flv/message.ts";
import { startsWith } from "./chunk-writer.ts";
import { corrupt } from "./corrupt.ts";
import { MessageType, type RtmpMessage } from "./message.ts";

const setDataFrame = encodeAmf0("@setDataFrame");
const clearDataFrame = encodeAmf0("@clearDataFrame");
/** More than metadata of a live stream can mean: such a message is left out. */
const maxScriptBytes = 64 * 1024;

/**
 * The media that a message carries; none for other types, and for an empty body, which some send where they have no sound.
 * @throws CorruptInputError for a broken aggregate message
 */
export function mediaOf({ type, timestampMs, body }: RtmpMessage): FlvMessage[] {
  if (body.length === 0) return [];
  switch (type) {
    case MessageType.audio:
      return [{ type: TagType.audio, timestampMs, body }];
    case MessageType.video:
      return [{ type: TagType.video, timestampMs, body }];
    case MessageType.dataAmf0:
      return script(timestampMs, body);
    case MessageType.dataAmf3:
      return script(timestampMs, withoutAmf3Mark(body));
    case MessageType.aggregate:
      return aggregated(timestampMs, body);
    default:
      return [];
  }
}

/** Messages of AMF 3 that we get are of AMF 0, behind a 0. */
export function withoutAmf3Mark(body: Uint8Array): Uint8Array {
  return body[0] === 0 ? body.subarray(1) : body;
}

/** Data for viewers comes wrapped in a call that stores it (`@setDataFrame`), which is taken off. */
function script(timestampMs: number, body: Uint8Array): FlvMessage[] {
  if (body.length > maxScriptBytes || startsWith(body, clearDataFrame)) return [];
  const data = startsWith(body, setDataFrame) ? body.subarray(setDataFrame.length) : body;
  return [{ type: TagType.script, timestampMs, body: data }];
}

/**
 * The tags of an aggregate message (7.1.6). Their times count from the first one's, which is the message's own.
 */
function aggregated(timestampMs: number, body: Uint8Array): FlvMessage[] {
  const messages: FlvMessage[] = [];
  let offsetMs: number | null = null;
  for (let at = 0; at < body.length; ) {
    const bodyAt = at + tagHeaderBytes;
    const end = bodyAt + readUint24(body, at + 1);
    if (bodyAt > body.length || end > body.length)
      return corrupt(`an aggregate message of ${body.length} bytes ends in the middle of a part`);
    const type = body[at] ?? 0;
    const partMs = (((body[at + 7] ?? 0) << 24) | readUint24(body, at + 4)) >>> 0;
    offsetMs ??= timestampMs - partMs;
    const part = {
      type,
      streamId: 0,
      timestampMs: (partMs + offsetMs) >>> 0,
      body: body.subarray(bodyAt, end),
    };
    if (type !== MessageType.aggregate) messages.push(...mediaOf(part));
    at = end + previousTagSizeBytes;
  }
  return messages;
}
