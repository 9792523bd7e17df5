import { encodeAvcc } from "../../../src/media/h264/avcc.ts";
import type { AudioConfig, AudioFrame, VideoConfig, VideoFrame } from "../../../src/media/packet.ts";
import { bytes } from "./hex.ts";

/** High profile, 1280x720: ffmpeg -f lavfi -i testsrc=s=1280x720 -c:v libx264 */
export const videoConfig: VideoConfig = {
  kind: "video-config",
  codec: "h264",
  ...sets(
    bytes("67 64 00 1f ac d9 40 50 05 bb 01 10 00 00 03 00 10 00 00 03 03 c0 f1 83 19 60"),
    bytes("68 eb e3 cb 22 c0"),
  ),
  width: 1280,
  height: 720,
};

/** The same settings with another PPS. */
export function withPps(config: VideoConfig, pps: Uint8Array): VideoConfig {
  const [sps = new Uint8Array()] = config.parameterSets;
  return { ...config, ...sets(sps, pps) };
}

function sets(sps: Uint8Array, pps: Uint8Array) {
  return { decoderConfig: encodeAvcc({ spsUnits: [sps], ppsUnits: [pps] }), parameterSets: [sps, pps] };
}

export const audioConfig: AudioConfig = {
  kind: "audio-config",
  codec: "aac",
  decoderConfig: bytes("1190"), // AAC LC, 48 kHz, stereo
  sampleRateHz: 48_000,
  samplesPerFrame: 1024,
  channels: 2,
};

export function picture(units: readonly Uint8Array[], isKey = false, timeUs = 0): VideoFrame {
  const times = { decodeTimeUs: timeUs, presentationTimeUs: timeUs };
  return { kind: "video-frame", codec: "h264", isKey, ...times, units };
}

export function sound(data: Uint8Array, timeUs = 0): AudioFrame {
  return { kind: "audio-frame", codec: "aac", presentationTimeUs: timeUs, data };
}
