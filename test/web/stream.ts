import type { AudioSettings } from "../../src/media/flv/audio-body.ts";
import { FlvDemuxer, type FlvEvent } from "../../src/media/flv/demuxer.ts";
import { encodeHeader } from "../../src/media/flv/header.ts";
import { TagType } from "../../src/media/flv/layout.ts";
import { encodeTag } from "../../src/media/flv/tag.ts";
import type { VideoSettings } from "../../src/media/flv/video-body.ts";
import type { VideoSample } from "../../src/web/sample.ts";

const avcc = Uint8Array.of(1, 0x64, 0, 0x1f);
const audioSpecificConfig = Uint8Array.of(0x11, 0x90); // AAC-LC, 48 kHz, stereo

export const videoSettings: VideoSettings = { kind: "video-config", codec: "h264", decoderConfig: avcc };
export const audioSettings: AudioSettings = {
  kind: "audio-config",
  codec: "aac",
  decoderConfig: audioSpecificConfig,
};

export function picture(timeMs: number, isKey = false): VideoSample {
  return {
    kind: "video-frame",
    isKey,
    decodeTimeMs: timeMs,
    presentationTimeMs: timeMs,
    data: new Uint8Array(1),
  };
}

/** The tags of a stream of H.264 and AAC. */
export const videoConfig = encodeTag(TagType.video, 0, [Uint8Array.of(0x17, 0, 0, 0, 0), avcc]);
export const audioConfig = encodeTag(TagType.audio, 0, [Uint8Array.of(0xaf, 0), audioSpecificConfig]);
export const key = (ms: number) =>
  encodeTag(TagType.video, ms, [Uint8Array.of(0x17, 1, 0, 0, 0, 0, 0, 0, 1, 0x65)]);
export const delta = (ms: number) =>
  encodeTag(TagType.video, ms, [Uint8Array.of(0x27, 1, 0, 0, 0, 0, 0, 0, 1, 0x41)]);
export const sound = (ms: number) => encodeTag(TagType.audio, ms, [Uint8Array.of(0xaf, 1, 0x21)]);

const hvcc = Uint8Array.from([1, 1, 0x60, 0, 0, 0, 0x90, 0, 0, 0, 0, 0, 93]);
const opusHead = Uint8Array.from(Buffer.from("4f707573486561640102380180bb0000000000", "hex"));
/** Settings of H.265 and Opus, as Enhanced RTMP has them, and a frame of A-law. */
export const hevcConfig = encodeTag(TagType.video, 0, [Uint8Array.of(0x90), Buffer.from("hvc1"), hvcc]);
export const opusConfig = encodeTag(TagType.audio, 0, [Uint8Array.of(0x90), Buffer.from("Opus"), opusHead]);
export const aLaw = (ms: number) => encodeTag(TagType.audio, ms, [Uint8Array.of(0x72, 0xd5, 0x55, 0xd5)]);

/** What is read from a connection that brings these tags behind its header. */
export function eventsOf(tags: readonly Uint8Array[], tracks = { video: true, audio: true }): FlvEvent[] {
  const demuxer = new FlvDemuxer();
  return [encodeHeader(tracks), ...tags].flatMap((part) => demuxer.push(part));
}
