import type { Encoder, EncodingGoal } from "../encoder.ts";
import { heldBitrate, keyFrames, lookahead } from "./goal-arguments.ts";

const onTheCpu = {
  ...{ platforms: "all", hardware: { kind: "none" }, openOptions: () => [], filters: [] },
} as const satisfies Partial<Encoder>;

export const libx264: Encoder = {
  ...onTheCpu,
  ...{ name: "libx264", codec: "h264" },
  heldFrames: (fps) => lookahead(fps) + 4, // B-frames, and those that its threads work on
  arguments: (goal, profile) => [
    ...["-c:v", "libx264", ...x264Effort(goal), "-profile:v", profile],
    ...["-pix_fmt", "yuv420p", "-sc_threshold", "0", "-bf", isNormal(goal) ? "3" : "0"],
    ...heldBitrate(goal),
    ...keyFrames(goal),
  ],
};

/** Normal latency takes 3 to 4 times as much of the CPU. Baseline has no B-frames, and libx264 leaves them out by itself. */
function x264Effort({ latency, fps }: EncodingGoal): readonly string[] {
  if (latency !== "normal") return ["-preset", "superfast", "-tune", "zerolatency"];
  return [
    ...["-preset", "veryfast", "-rc-lookahead", String(lookahead(fps))],
    ...["-refs", "2", "-subq", "4", "-direct-pred", "auto"], // two more of the next slower preset's
  ];
}

/** A faster preset than x264's: at 720p30, superfast is too much for two cores. */
export const libx265: Encoder = {
  ...onTheCpu,
  ...{ name: "libx265", codec: "hevc", easySize: { width: 640, height: 480 } },
  heldFrames: (fps) => lookahead(fps) + 4,
  arguments: (goal, profile) => [
    ...["-c:v", "libx265", "-preset", "ultrafast", ...(isNormal(goal) ? [] : ["-tune", "zerolatency"])],
    ...["-profile:v", profile, "-pix_fmt", "yuv420p", "-bf", isNormal(goal) ? "3" : "0"],
    ...["-x265-params", x265Parameters(goal)],
    ...heldBitrate(goal),
    ...["-forced-idr", "1", ...keyFrames(goal)],
  ],
};

const isNormal = ({ latency }: EncodingGoal) => latency === "normal";

function x265Parameters(goal: EncodingGoal): string {
  const held = isNormal(goal) ? `open-gop=0:rc-lookahead=${lookahead(goal.fps)}:` : "";
  return `${held}scenecut=0:log-level=error`;
}

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
