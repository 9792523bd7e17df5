import { encodeAvcc } from "../h264/avcc.ts";
import type { VideoConfig, VideoFrame } from "../packet.ts";
import { TagType, tagHeaderBytes } from "./layout.ts";
import { encodeTag, openTag, type Tag } from "./tag.ts";
import { AvcPacketType, avcCodecId, FrameType, nalLengthBytes, videoHeaderBytes } from "./video-body.ts";

/** The tag with the AVC sequence header: parameter sets, before the key frame that needs them. */
export function encodeVideoConfig(config: VideoConfig, timestampMs: number): Tag {
  const header = Uint8Array.of((FrameType.key << 4) | avcCodecId, AvcPacketType.sequenceHeader, 0, 0, 0);
  const bytes = encodeTag(TagType.video, timestampMs, [header, encodeAvcc(config)]);
  return { role: "video-config", timestampMs, bytes };
}

/** The tag of one picture: each NAL unit behind its length. The one copy that a picture goes through. */
export function encodeVideoFrame(frame: VideoFrame, timestampMs: number): Tag {
  let bodyBytes = videoHeaderBytes;
  for (const unit of frame.nalUnits) bodyBytes += nalLengthBytes + unit.length;
  const out = openTag(TagType.video, timestampMs, bodyBytes);
  let at = tagHeaderBytes;
  at = out.writeUInt8(((frame.isKey ? FrameType.key : FrameType.inter) << 4) | avcCodecId, at);
  at = out.writeUInt8(AvcPacketType.nalUnits, at);
  at = out.writeUIntBE(0, at, 3); // CompositionTime: no B-frames, so pictures are shown as they are decoded
  for (const unit of frame.nalUnits) {
    at = out.writeUInt32BE(unit.length, at);
    out.set(unit, at);
    at += unit.length;
  }
  return { role: frame.isKey ? "key" : "delta", timestampMs, bytes: out };
}
