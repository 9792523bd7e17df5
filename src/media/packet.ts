/** What passes between the codecs and a container: a codec's settings, or one coded frame. */
export type Packet = VideoConfig | VideoFrame | AudioConfig | AudioFrame;

/** H.264 parameter sets, new or changed: comes before the first key frame that needs them. */
export interface VideoConfig {
  readonly kind: "video-config";
  readonly codec: "h264";
  /** Sequence parameter sets, NAL header included, no start code. */
  readonly spsUnits: readonly Uint8Array[];
  /** Picture parameter sets, NAL header included, no start code. */
  readonly ppsUnits: readonly Uint8Array[];
  /** Displayed size in luma samples: cropping is already taken off. */
  readonly width: number;
  readonly height: number;
}

/** One coded picture: an access unit without delimiters, parameter sets and filler. */
export interface VideoFrame {
  readonly kind: "video-frame";
  readonly codec: "h264";
  /** An IDR picture: decoding can begin here. */
  readonly isKey: boolean;
  /** Presentation time in microseconds on the clock of its input; not rounded. */
  readonly timeUs: number;
  /** NAL units without start codes: views into what ffmpeg wrote, not copies. */
  readonly nalUnits: readonly Uint8Array[];
}

/** An MPEG-4 AudioSpecificConfig, new or changed. */
export interface AudioConfig {
  readonly kind: "audio-config";
  readonly codec: "aac";
  /** The AudioSpecificConfig as it stands in the stream (ISO/IEC 14496-3, 1.6.2.1). */
  readonly audioSpecificConfig: Uint8Array;
  /** Rate of the coded AAC frames; with SBR the output rate is twice this. */
  readonly sampleRateHz: number;
  /** Samples of one frame at `sampleRateHz`: 1024, or 960. */
  readonly samplesPerFrame: number;
  readonly channels: number;
}

/** One raw AAC frame (raw_data_block), without ADTS header. */
export interface AudioFrame {
  readonly kind: "audio-frame";
  readonly codec: "aac";
  /** Presentation time in microseconds on the clock of its input; not rounded. */
  readonly timeUs: number;
  readonly data: Uint8Array;
}

/** The tracks that a channel carries; fixed from its first tag to its last. */
export interface Tracks {
  readonly video: boolean;
  readonly audio: boolean;
}

export type TrackName = "video" | "audio";

export type Frame = VideoFrame | AudioFrame;

export function trackOf(packet: Packet): TrackName {
  return packet.kind === "video-config" || packet.kind === "video-frame" ? "video" : "audio";
}

export function isFrame(packet: Packet): packet is Frame {
  return packet.kind === "video-frame" || packet.kind === "audio-frame";
}
