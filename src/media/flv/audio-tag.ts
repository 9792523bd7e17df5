import type { AudioConfig, AudioFrame } from "../packet.ts";
import { AacPacketType, aacSound, audioHeaderBytes } from "./audio-body.ts";
import { TagType, tagHeaderBytes } from "./layout.ts";
import { encodeTag, openTag, type Tag } from "./tag.ts";

/** The tag with the AAC sequence header. */
export function encodeAudioConfig(config: AudioConfig, timestampMs: number): Tag {
  const header = Uint8Array.of(aacSound, AacPacketType.sequenceHeader);
  const bytes = encodeTag(TagType.audio, timestampMs, [header, config.audioSpecificConfig]);
  return { role: "audio-config", timestampMs, bytes };
}

/** The tag of one AAC frame. */
export function encodeAudioFrame(frame: AudioFrame, timestampMs: number): Tag {
  const out = openTag(TagType.audio, timestampMs, audioHeaderBytes + frame.data.length);
  let at = tagHeaderBytes;
  at = out.writeUInt8(aacSound, at);
  at = out.writeUInt8(AacPacketType.raw, at);
  out.set(frame.data, at);
  return { role: "audio", timestampMs, bytes: out };
}
