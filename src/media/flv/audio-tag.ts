import { audioCodecs } from "../codecs.ts";
import type { AudioConfig, AudioFrame } from "../packet.ts";
import { TagType } from "./layout.ts";
import { encodeTag, type Tag } from "./tag.ts";

/** The tag with the sequence header; null for a codec that has none. */
export function encodeAudioConfig({ codec, decoderConfig }: AudioConfig, timestampMs: number): Tag | null {
  const { sequenceHeader } = audioCodecs[codec].flv;
  if (sequenceHeader === null) return null;
  const bytes = encodeTag(TagType.audio, timestampMs, [sequenceHeader, decoderConfig]);
  return { role: "audio-config", timestampMs, bytes };
}

/** The tag of one frame. */
export function encodeAudioFrame(frame: AudioFrame, timestampMs: number): Tag {
  const header = audioCodecs[frame.codec].flv.frameHeader(frame);
  return { role: "audio", timestampMs, bytes: encodeTag(TagType.audio, timestampMs, [header, frame.data]) };
}
