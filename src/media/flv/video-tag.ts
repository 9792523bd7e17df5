import { videoCodecs } from "../codecs.ts";
import type { VideoConfig, VideoFrame } from "../packet.ts";
import { TagType, tagHeaderBytes } from "./layout.ts";
import { encodeTag, openTag, type Tag } from "./tag.ts";
import { nalLengthBytes } from "./video-body.ts";

/** The tag with the sequence header: the codec's settings, before the key frame that needs them. */
export function encodeVideoConfig({ codec, decoderConfig }: VideoConfig, timestampMs: number): Tag {
  const { sequenceHeader } = videoCodecs[codec].flv;
  const bytes = encodeTag(TagType.video, timestampMs, [sequenceHeader, decoderConfig]);
  return { role: "video-config", timestampMs, bytes };
}

/** The tag of one picture: each unit behind its length. The one copy that a picture goes through. */
export function encodeVideoFrame(frame: VideoFrame, timestampMs: number): Tag {
  const header = videoCodecs[frame.codec].flv.frameHeader(frame);
  let bodyBytes = header.length;
  for (const unit of frame.units) bodyBytes += nalLengthBytes + unit.length;
  const out = openTag(TagType.video, timestampMs, bodyBytes);
  out.set(header, tagHeaderBytes);
  let at = tagHeaderBytes + header.length;
  for (const unit of frame.units) {
    at = out.writeUInt32BE(unit.length, at);
    out.set(unit, at);
    at += unit.length;
  }
  return { role: frame.isKey ? "key" : "delta", timestampMs, bytes: out };
}
