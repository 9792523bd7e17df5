import type { EncodingGoal } from "../encoder.ts";

/** The bit rate as an average, a ceiling and a buffer of one second. */
export function heldBitrate({ bitrateKbps }: EncodingGoal): readonly string[] {
  const rate = `${bitrateKbps}k`;
  return ["-b:v", rate, "-maxrate", rate, "-bufsize", rate];
}

/** How far an encoder looks ahead with normal latency: about a second. */
export const lookahead = (fps: number): number => Math.min(Math.max(Math.round(fps), 1), 40);

/**
 * By time, so that a camera that slows down in the dark keeps its key frames; -g is the safety behind it. Half a
 * frame early, lest a frame that comes a little before its time waits for the next. Only where forced key frames were
 * seen to come, since drivers differ; by count, with -g alone, where they were not.
 */
export function keyFrames({ fps, gopSeconds, forcesKeyFrames, slowestFps }: EncodingGoal): readonly string[] {
  if (!forcesKeyFrames) return ["-g", String(Math.max(1, Math.round(slowestFps * gopSeconds)))];
  const dueAfterS = Math.max(gopSeconds - 0.5 / fps, 0.001).toFixed(3);
  return [
    ...["-g", String(Math.ceil(fps * gopSeconds * 2))],
    ...["-force_key_frames", `expr:if(isnan(prev_forced_t),1,gte(t,prev_forced_t+${dueAfterS}))`],
  ];
}
