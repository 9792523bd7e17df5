import type { Encoder } from "../encoder.ts";
import { heldBitrate, keyFrames } from "./goal-arguments.ts";

const onTheCpu = {
  ...{ platforms: "all", hardware: { kind: "none" }, openOptions: () => [], filters: [] },
} as const satisfies Partial<Encoder>;

export const libx264: Encoder = {
  ...onTheCpu,
  ...{ name: "libx264", codec: "h264" },
  arguments: (goal, profile) => [
    ...["-c:v", "libx264", "-preset", "superfast", "-tune", "zerolatency", "-profile:v", profile],
    ...["-pix_fmt", "yuv420p", "-sc_threshold", "0", "-bf", "0"],
    ...heldBitrate(goal),
    ...keyFrames(goal),
  ],
};

/** A faster preset than x264's: at 720p30, superfast is too much for two cores. */
export const libx265: Encoder = {
  ...onTheCpu,
  ...{ name: "libx265", codec: "hevc", easySize: { width: 640, height: 480 } },
  arguments: (goal, profile) => [
    ...["-c:v", "libx265", "-preset", "ultrafast", "-tune", "zerolatency", "-profile:v", profile],
    ...["-pix_fmt", "yuv420p", "-bf", "0", "-x265-params", "scenecut=0:log-level=error"],
    ...heldBitrate(goal),
    ...["-forced-idr", "1", ...keyFrames(goal)],
  ],
};

/**
 * SVT-AV1. pred-struct 1: low delay, no frame that builds on later ones; rc 2: CBR. A ceiling is refused with them. rtc is for version 3
 * and later; older ones ignore it. Version 1 holds 2 to 3 frames back.
 */
export const libsvtav1: Encoder = {
  ...onTheCpu,
  ...{ name: "libsvtav1", codec: "av1" },
  arguments: (goal) => [
    ...["-c:v", "libsvtav1", "-preset", "12", "-svtav1-params", "pred-struct=1:rc=2:rtc=1"],
    ...["-pix_fmt", "yuv420p", "-bf", "0", "-b:v", `${goal.bitrateKbps}k`],
    ...keyFrames(goal),
  ],
};

/** The reference encoder, in its mode for video calls. -cpu-used above 8 is refused (5.1, 9.0). */
export const libaom: Encoder = {
  ...onTheCpu,
  ...{ name: "libaom-av1", codec: "av1", easySize: { width: 1280, height: 720 } },
  arguments: (goal) => [
    ...["-c:v", "libaom-av1", "-usage", "realtime", "-cpu-used", "8", "-lag-in-frames", "0", "-row-mt", "1"],
    ...["-pix_fmt", "yuv420p", "-bf", "0"],
    ...heldBitrate(goal),
    ...keyFrames(goal),
  ],
};
