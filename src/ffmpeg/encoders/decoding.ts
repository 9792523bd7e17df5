import type { VideoCodec } from "../../media/packet.ts";
import type { HardwareDecoding } from "../encoder.ts";

const usualCodecs = ["h264", "hevc", "mjpeg", "mpeg2video"];

/** What chips decode that live inputs send: one that encodes AV1 decodes it, too. */
export function decodedBeside(codec: VideoCodec): readonly string[] {
  return codec === "av1" ? [...usualCodecs, "av1"] : usualCodecs;
}

/** Of ten bits, or of another chroma format, comes what encoders take. */
export function scaledBy(filter: string): NonNullable<HardwareDecoding["frames"]> {
  return (size) => [`${filter}=${size === null ? "" : `w=${size.width}:h=${size.height}:`}format=nv12`];
}

/**
 * ffmpeg's own decoder on a chip's back end (`-hwaccel`): it holds back no frame more than on the CPU, and goes on there by itself
 * where the chip refuses, unless the frames are to stay. As go2rtc and Frigate do it.
 */
export function hwaccel(name: string, flags: readonly string[] = []): HardwareDecoding["options"] {
  return (_, { isKept }) => [
    ...["-hwaccel", name, ...flags],
    ...(isKept ? ["-hwaccel_output_format", name] : []),
  ];
}
