import type { VideoConfig, VideoFrame } from "../packet.ts";
import { TagType, tagHeaderBytes } from "./layout.ts";
import { encodeTag, openTag, type Tag } from "./tag.ts";
import type { VideoForm } from "./video-form.ts";

/** The tag with the sequence header: the codec's settings, before the key frame that needs them. */
export function encodeVideoConfig(
  { decoderConfig }: VideoConfig,
  timestampMs: number,
  { sequenceHeader }: VideoForm,
): Tag {
  const bytes = encodeTag(TagType.video, timestampMs, [sequenceHeader, decoderConfig]);
  return { role: "video-config", timestampMs, bytes };
}

/** The tag of one picture: each unit behind its length, where it has one. The one copy that a picture goes through. */
export function encodeVideoFrame(
  frame: VideoFrame,
  timestampMs: number,
  { frameHeader, lengthBytes }: VideoForm,
): Tag {
  const header = frameHeader(frame);
  let bodyBytes = header.length;
  for (const unit of frame.units) bodyBytes += lengthBytes + unit.length;
  const out = openTag(TagType.video, timestampMs, bodyBytes);
  out.set(header, tagHeaderBytes);
  let at = tagHeaderBytes + header.length;
  for (const unit of frame.units) {
    if (lengthBytes > 0) at = out.writeUInt32BE(unit.length, at);
    out.set(unit, at);
    at += unit.length;
  }
  return { role: frame.isKey ? "key" : "delta", timestampMs, bytes: out };
}
