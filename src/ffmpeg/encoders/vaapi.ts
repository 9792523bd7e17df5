import type { VideoCodec } from "../../media/packet.ts";
import type { Encoder } from "../encoder.ts";
import { decodedBeside, hwaccel, scaledBy } from "./decoding.ts";
import { heldBitrate, keyFrames } from "./goal-arguments.ts";
import { renderNodes } from "./render-nodes.ts";

/**
 * Intel and AMD on Linux; AV1 since ffmpeg 6.1. No -rc_mode: ffmpeg then takes CBR where the driver has it, else VBR
 * (libavcodec/vaapi_encode.c). By default it holds a frame back; -async_depth 1, which ffmpeg 4 lacks, does not, and was
 * reported to lose frames (go2rtc): only where the probe got all of them.
 */
export function vaapi(codec: VideoCodec): Encoder {
  return {
    ...{ name: `${codec}_vaapi`, codec, platforms: ["linux"], hardware: { ...renderNodes, orDisplay: true } },
    // Since ffmpeg 8 hwupload finds no other device than this one.
    openOptions: (node) => (node === null ? [] : ["-vaapi_device", node]),
    holdsNoFrameSince: 5,
    ...(codec === "av1" ? {} : { heldFrames: () => 4 }),
    filters: ["format=nv12", "hwupload"],
    arguments: (goal, profile) => [
      ...["-c:v", `${codec}_vaapi`, "-profile:v", profile === "baseline" ? "constrained_baseline" : profile],
      ...(codec === "av1" ? [] : ["-sei:v", "0"]), // its timing SEI is read by few players, and misread by some
      ...["-bf", goal.latency === "normal" ? "2" : "0"],
      ...(goal.holdsNoFrame ? ["-async_depth", "1"] : []),
      ...heldBitrate(goal),
      ...keyFrames(goal), // a picture forced to be I is an IDR picture (vaapi_encode.c)
    ],
    decodes: {
      codecs: decodedBeside(codec),
      // Cheap cameras call Constrained Baseline just Baseline, which no chip has.
      options: hwaccel("vaapi", ["-hwaccel_flags", "allow_profile_mismatch"]),
      frames: scaledBy("scale_vaapi"),
    },
  };
}
