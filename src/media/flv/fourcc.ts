import type { AudioCodec, VideoCodec } from "../packet.ts";

/** The codecs that Enhanced RTMP 2 names by a FourCC ("ExVideoTagHeader", "ExAudioTagHeader"), of those that are carried. */
export const VIDEO_FOURCCS: Readonly<Record<string, VideoCodec>> = {
  avc1: "h264",
  hvc1: "hevc",
  av01: "av1",
};
export const AUDIO_FOURCCS: Readonly<Record<string, AudioCodec>> = {
  mp4a: "aac",
  Opus: "opus",
  ".mp3": "mp3",
};

/** VideoPacketType, and AudioPacketType as far as it is the same; AVCPacketType and AACPacketType are their beginning. */
export const PacketType = { sequenceStart: 0, coded: 1, sequenceEnd: 2, codedX: 3 } as const;

/** Of a video tag's first byte: IsExHeader. */
export const exVideoMark = 0x80;
/** SoundFormat of an audio tag with ExHeader. */
export const exSoundFormat = 9;
/** The first byte and the FourCC. */
export const exHeaderBytes = 5;

/** The first byte of an extended tag, its FourCC, and what follows. */
export function exHeader(first: number, fourcc: string, ...rest: readonly number[]): Uint8Array {
  return Uint8Array.of(first, ...Array.from(fourcc, (letter) => letter.charCodeAt(0)), ...rest);
}

/** Of an extended tag's body. */
export function fourccOf(body: Uint8Array): string {
  return String.fromCharCode(...body.subarray(1, exHeaderBytes)).replace(/[^ -~]/g, "?");
}

/** A FourCC as onMetaData has it: a number, big-endian. */
export function fourccNumber(fourcc: string): number {
  return Array.from(fourcc).reduce((number, letter) => number * 256 + letter.charCodeAt(0), 0);
}
