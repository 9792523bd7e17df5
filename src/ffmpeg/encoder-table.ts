import { videoCodecs } from "../media/codecs.ts";
import type { VideoCodec } from "../media/packet.ts";
import type { ChosenEncoder, Encoder } from "./encoder.ts";
import { amf } from "./encoders/amf.ts";
import { nvenc } from "./encoders/nvenc.ts";
import { qsv } from "./encoders/qsv.ts";
import { rkmpp } from "./encoders/rkmpp.ts";
import { libaom, libsvtav1, libx264, libx265 } from "./encoders/software.ts";
import { v4l2m2m } from "./encoders/v4l2m2m.ts";
import { vaapi } from "./encoders/vaapi.ts";
import { videotoolbox } from "./encoders/videotoolbox.ts";

/*
 * The arguments are what live projects use (go2rtc's internal/ffmpeg/ffmpeg.go, Frigate's ffmpeg_presets.py, Jellyfin's
 * EncodingHelper.cs), checked against the option tables of ffmpeg's libavcodec from 5.1 to 9.0. An option that an older
 * ffmpeg lacks makes it refuse the encoder: such options are left out where the encoder does without.
 */

/** The encoders of each codec, the best first: the CPU's come last. */
export const encodersOf: Readonly<Record<VideoCodec, readonly Encoder[]>> = {
  h264: [...[nvenc, vaapi, qsv, videotoolbox, v4l2m2m, amf, rkmpp].map((family) => family("h264")), libx264],
  hevc: [...[nvenc, vaapi, qsv, videotoolbox, v4l2m2m, amf, rkmpp].map((family) => family("hevc")), libx265],
  av1: [...[nvenc, vaapi, qsv, amf].map((family) => family("av1")), libsvtav1, libaom],
};

export const encoders: readonly Encoder[] = Object.values(encodersOf).flat();

/** @param name ffmpeg's, of one of these */
export function codecOf(name: string): VideoCodec {
  return encoders.find((encoder) => encoder.name === name)?.codec ?? "h264";
}

/** For users: `H.265`. */
export function codecName(codec: VideoCodec): string {
  return videoCodecs[codec].name;
}

/** The encoder that needs no hardware, and so no proof. */
export const softwareEncoder: ChosenEncoder = {
  ...{ encoder: libx264, node: null, profile: "high", forcesKeyFrames: true },
};
