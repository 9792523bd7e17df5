import type { AudioConfig } from "../media/packet.ts";

/** How ffmpeg encodes sound to a codec. */
export interface SoundEncoder {
  readonly name: "aac" | "libopus" | "pcm_alaw";
  readonly bitrateKbps: number;
  /** Filters after those that the source needs. */
  readonly filters: readonly string[];
  readonly options: readonly string[];
  /** The config that comes of it, as ffmpeg 5.1 to 9.0 announce it. */
  readonly announces: AudioConfig;
}

/** A device's clock drifts: aresample stretches the sound to its timestamps, by at most 1000 samples a second. */
const STRETCHED = "async=1000";

export const soundEncoders: Readonly<Record<"aac" | "opus" | "g711", SoundEncoder>> = {
  aac: {
    ...{ name: "aac", bitrateKbps: 128, filters: [`aresample=${STRETCHED}`] },
    options: ["-b:a", "128k", "-ar", "48000", "-ac", "2"],
    announces: {
      ...{ kind: "audio-config", codec: "aac", decoderConfig: Uint8Array.of(0x11, 0x90, 0x56, 0xe5, 0x00) },
      ...{ sampleRateHz: 48_000, samplesPerFrame: 1024, channels: 2 },
    },
  },
  opus: {
    ...{ name: "libopus", bitrateKbps: 96, filters: [`aresample=${STRETCHED}`] },
    options: [
      ...["-b:a", "96k", "-ar", "48000", "-ac", "2"],
      // Players reckon with 20 ms (mpegts.js 1.8). lowdelay would come no sooner: it only looks 4 ms less ahead.
      ...["-application", "audio", "-frame_duration", "20"],
    ],
    announces: {
      ...{ kind: "audio-config", codec: "opus", decoderConfig: opusHead() },
      ...{ sampleRateHz: 48_000, samplesPerFrame: 960, channels: 2 },
    },
  },
  g711: {
    ...{ name: "pcm_alaw", bitrateKbps: 64 },
    // The encoder takes frames as they come, of 128 ms by themselves.
    filters: [`aresample=8000:${STRETCHED}`, "asetnsamples=n=160:p=0"],
    options: ["-ac", "1"],
    announces: {
      ...{ kind: "audio-config", codec: "pcm_alaw", decoderConfig: new Uint8Array(0) },
      ...{ sampleRateHz: 8000, samplesPerFrame: 160, channels: 1 },
    },
  },
};

/** That of libopus for stereo (RFC 7845, 5.1), all in little-endian order. */
function opusHead(): Uint8Array {
  return Uint8Array.of(
    ...new TextEncoder().encode("OpusHead"),
    1, // version
    2, // channels
    ...[0x38, 0x01], // pre-skip: 312
    ...[0x80, 0xbb, 0, 0], // input sample rate: 48000
    ...[0, 0], // output gain
    0, // channel mapping family
  );
}
