import { encodeAmf0 } from "../../media/flv/amf0.ts";
import { readUint24 } from "../../media/flv/bytes.ts";
import { previousTagSizeBytes, TagType, tagHeaderBytes } from "../../media/flv/layout.ts";
import type { FlvMessage } from "../../media/flv/message.ts";
import { frameMessage, startsWith } from "../../media/rtmp/chunk-writer.ts";
import type { Batch, Transport } from "../live/sink.ts";

/** Tags as RTMP messages of one message stream: framed once for all servers that gave it the same number, nearly always 1. */
export class RtmpTransport implements Transport {
  readonly name = "rtmp";
  readonly streamId: number;

  constructor(streamId: number) {
    this.streamId = streamId;
  }

  frame({ parts }: Batch): Uint8Array {
    const framed = parts.flatMap((tag) => {
      const message = messageOf(tag);
      return message === null ? [] : [frameMessage(message, this.streamId)];
    });
    const [only, ...more] = framed;
    return only !== undefined && more.length === 0 ? only : Buffer.concat(framed);
  }
}

const onMetaData = encodeAmf0("onMetaData");

/** Null for what has no place in RTMP: the FLV header, and cue points, which servers pass on or not. */
function messageOf(tag: Uint8Array): FlvMessage | null {
  const [type, , , , , , , timestampExtended = 0] = tag;
  const timestampMs = readUint24(tag, 4) + timestampExtended * 0x1_000000;
  const body = tag.subarray(tagHeaderBytes, tag.length - previousTagSizeBytes);
  const isMedia = type === TagType.audio || type === TagType.video;
  if (isMedia || (type === TagType.script && startsWith(body, onMetaData)))
    return { type, timestampMs, body };
  return null;
}
