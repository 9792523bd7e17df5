import type { Encoder, Profile } from "../encoder.ts";
import { heldBitrate, keyFrames } from "./goal-arguments.ts";

/** The codec of a Raspberry Pi 4 (H.264 alone) and of many phone chips, behind the kernel's V4L2. ffmpeg looks for it in all nodes. */
export function v4l2m2m(codec: "h264" | "hevc"): Encoder {
  return {
    ...{ name: `${codec}_v4l2m2m`, codec, platforms: ["linux"] },
    hardware: {
      kind: "nodes",
      folder: "/dev",
      names: /^video\d+$/,
      shown: "/dev/video*",
      openedBy: "ffmpeg",
      orDisplay: false,
    },
    openOptions: () => [],
    filters: ["format=yuv420p"],
    arguments: (goal, profile) => [
      ...["-c:v", `${codec}_v4l2m2m`, ...(codec === "h264" ? numbered(profile) : [])],
      ...["-pix_fmt", "yuv420p", "-bf", "0"],
      ...heldBitrate(goal), // the driver is told the average alone
      ...keyFrames(goal),
    ],
    decodes: { codecs: ["h264"], options: () => ["-c:v", "h264_v4l2m2m"] },
  };
}

/** It has no names for profiles, and where the driver has no such control this is a warning (v4l2_m2m_enc.c). */
function numbered(profile: Profile): readonly string[] {
  return ["-profile:v", { high: "100", main: "77", baseline: "66" }[profile]];
}
