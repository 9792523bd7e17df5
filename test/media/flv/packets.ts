import type { AudioConfig, AudioFrame, VideoConfig, VideoFrame } from "../../../src/media/packet.ts";
import { bytes } from "./hex.ts";

/** High profile, 1280x720: ffmpeg -f lavfi -i testsrc=s=1280x720 -c:v libx264 */
export const videoConfig: VideoConfig = {
  kind: "video-config",
  codec: "h264",
  spsUnits: [bytes("67 64 00 1f ac d9 40 50 05 bb 01 10 00 00 03 00 10 00 00 03 03 c0 f1 83 19 60")],
  ppsUnits: [bytes("68 eb e3 cb 22 c0")],
  width: 1280,
  height: 720,
};

export const audioConfig: AudioConfig = {
  kind: "audio-config",
  codec: "aac",
  audioSpecificConfig: bytes("1190"), // AAC LC, 48 kHz, stereo
  sampleRateHz: 48_000,
  samplesPerFrame: 1024,
  channels: 2,
};

export function picture(nalUnits: readonly Uint8Array[], isKey = false): VideoFrame {
  return { kind: "video-frame", codec: "h264", isKey, timeUs: 0, nalUnits };
}

export function sound(data: Uint8Array): AudioFrame {
  return { kind: "audio-frame", codec: "aac", timeUs: 0, data };
}
