/** The codecs that a stream may carry, by ffmpeg's names. What differs between them is told by `codecs.ts` alone. */
export type VideoCodec = "h264" | "hevc" | "av1";
export type AudioCodec = "aac" | "opus" | "mp3" | "pcm_alaw" | "pcm_mulaw";

/** What passes between the codecs and a container: a codec's settings, or one coded frame. */
export type Packet = VideoConfig | VideoFrame | AudioConfig | AudioFrame;

/** A video codec's settings, new or changed: they come before the first key frame that needs them. */
export interface VideoConfig {
  readonly kind: "video-config";
  readonly codec: VideoCodec;
  /** The decoder configuration record, as containers and browsers take it: avcC and hvcC of ISO/IEC 14496-15, av1C. */
  readonly decoderConfig: Uint8Array;
  /** The units that have to stand before a key frame's own where it goes without this record: (VPS,) SPS, then PPS; AV1's sequence header. */
  readonly parameterSets: readonly Uint8Array[];
  /** Displayed size in luma samples: cropping is already taken off. */
  readonly width: number;
  readonly height: number;
  /** By how many frames they are reordered at the most; missing where the settings do not tell. */
  readonly maxReorderFrames?: number;
}

/** One coded picture: an access unit, or a temporal unit of AV1, without delimiters, parameter sets and filler. */
export interface VideoFrame {
  readonly kind: "video-frame";
  readonly codec: VideoCodec;
  /** Decoding can begin here: an IDR picture, an IRAP picture of H.265, a shown KEY_FRAME of AV1. */
  readonly isKey: boolean;
  /** When it is to be decoded, in microseconds on the clock of its input; not rounded. Frames come in this order. */
  readonly decodeTimeUs: number;
  /** When it is to be shown, on the same clock: with B-frames, later. */
  readonly presentationTimeUs: number;
  /** NAL units without start codes, or OBUs with their sizes: views into what ffmpeg wrote, not copies. */
  readonly units: readonly Uint8Array[];
}

/** An audio codec's settings, new or changed. */
export interface AudioConfig {
  readonly kind: "audio-config";
  readonly codec: AudioCodec;
  /** As it stands in the stream: AAC's AudioSpecificConfig (ISO/IEC 14496-3, 1.6.2.1), OpusHead; empty for MP3 and G.711, which have none. */
  readonly decoderConfig: Uint8Array;
  /** Rate of the coded frames, by which their times are reckoned. */
  readonly sampleRateHz: number;
  /** Samples of one frame at `sampleRateHz`: of AAC 1024, or 960; of Opus 960 as a rule. */
  readonly samplesPerFrame: number;
  readonly channels: number;
  /** What is heard where that is more: AAC's SBR doubles the rate, its PS makes two channels of one. */
  readonly output?: DecodedSound;
}

export interface DecodedSound {
  readonly sampleRateHz: number;
  readonly channels: number;
}

/** One coded frame of sound: of AAC a raw_data_block, without ADTS header; of MP3 with its header. */
export interface AudioFrame {
  readonly kind: "audio-frame";
  readonly codec: AudioCodec;
  /** When it is to be heard, and decoded, in microseconds on the clock of its input; not rounded. */
  readonly presentationTimeUs: number;
  readonly data: Uint8Array;
}

/** The tracks that a channel carries; fixed from its first tag to its last. */
export interface Tracks {
  readonly video: boolean;
  readonly audio: boolean;
}

export type TrackName = "video" | "audio";

export function trackNames({ video, audio }: Tracks): readonly TrackName[] {
  return [...(video ? ["video" as const] : []), ...(audio ? ["audio" as const] : [])];
}

export type Frame = VideoFrame | AudioFrame;

export function trackOf(packet: Packet): TrackName {
  return packet.kind === "video-config" || packet.kind === "video-frame" ? "video" : "audio";
}

/** The time by which the frames of all tracks are put in order, and on which a container's timestamps are built. */
export function decodeTimeUs(frame: Frame): number {
  return frame.kind === "video-frame" ? frame.decodeTimeUs : frame.presentationTimeUs;
}

/** The frame at another decode time; it is shown as much later as before. */
export function atDecodeTime(frame: Frame, timeUs: number): Frame {
  if (frame.kind === "audio-frame") return { ...frame, presentationTimeUs: timeUs };
  const shownLaterUs = frame.presentationTimeUs - frame.decodeTimeUs;
  return { ...frame, decodeTimeUs: timeUs, presentationTimeUs: timeUs + shownLaterUs };
}

/** The frame shown at another time, and decoded no later. */
export function atTimes(frame: VideoFrame, decodedUs: number, shownUs: number): VideoFrame {
  return { ...frame, decodeTimeUs: decodedUs, presentationTimeUs: Math.max(shownUs, decodedUs) };
}

/** How long a frame of sound lasts, in microseconds; not rounded. */
export function audioFrameUs({ samplesPerFrame, sampleRateHz }: AudioConfig): number {
  return (samplesPerFrame * 1e6) / sampleRateHz;
}

export function frameBytes(frame: Frame): number {
  if (frame.kind === "audio-frame") return frame.data.length;
  return frame.units.reduce((bytes, unit) => bytes + unit.length, 0);
}

export function isFrame(packet: Packet): packet is Frame {
  return packet.kind === "video-frame" || packet.kind === "audio-frame";
}
