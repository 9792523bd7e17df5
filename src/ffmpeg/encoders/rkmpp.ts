import type { Encoder } from "../encoder.ts";
import { heldBitrate, keyFrames } from "./goal-arguments.ts";

/** Rockchip, in the ffmpeg of nyanmisaka/ffmpeg-rockchip. */
export function rkmpp(codec: "h264" | "hevc"): Encoder {
  return {
    ...{ name: `${codec}_rkmpp`, codec, platforms: ["linux"] },
    hardware: {
      kind: "nodes",
      folder: "/dev",
      names: /^(mpp[_-]service|vpu_service|rkvenc)$/,
      shown: "/dev/mpp_service",
      openedBy: "ffmpeg",
      orDisplay: false,
    },
    openOptions: () => [],
    filters: ["format=nv12"],
    arguments: (goal, profile) => [
      ...["-c:v", `${codec}_rkmpp`, "-rc_mode", "CBR", "-profile:v", profile],
      ...(codec === "hevc" ? ["-tier", "main"] : []), // by default high, which fewer players decode
      ...["-bf", "0"],
      ...heldBitrate(goal),
      ...keyFrames(goal),
    ],
  };
}
