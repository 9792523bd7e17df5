/** What is asked of a video encoder, whichever it is. */
export interface EncodingGoal {
  readonly bitrateKbps: number;
  readonly fps: number;
  readonly gopSeconds: number;
}

/** One H.264 encoder of ffmpeg: how it is made to give low latency, a held bit rate and regular IDR pictures. */
export interface Encoder {
  /** ffmpeg's name. */
  readonly name: string;
  /** Filters after all others, that bring the picture into the form the encoder takes. */
  readonly filters: readonly string[];
  readonly arguments: (goal: EncodingGoal) => readonly string[];
}

export const libx264: Encoder = {
  name: "libx264",
  filters: [],
  arguments: (goal) => [
    ...["-c:v", "libx264", "-preset", "superfast", "-tune", "zerolatency", "-profile:v", "high"],
    ...["-pix_fmt", "yuv420p", "-sc_threshold", "0", "-bf", "0"],
    ...heldBitrate(goal),
    // By time, so that a camera that slows down in the dark keeps its key frames; -g is the safety behind it.
    ...["-g", String(Math.ceil(goal.fps * goal.gopSeconds * 2))],
    ...["-force_key_frames", keyFrameEvery(goal)],
  ],
};

/** All encoders, the best first. */
export const encoders: readonly Encoder[] = [libx264];

/** The bit rate as an average, a ceiling and a buffer of one second. */
function heldBitrate({ bitrateKbps }: EncodingGoal): readonly string[] {
  const rate = `${bitrateKbps}k`;
  return ["-b:v", rate, "-maxrate", rate, "-bufsize", rate];
}

/** Half a frame early, lest a frame that comes a little before its time waits for the next. */
function keyFrameEvery({ fps, gopSeconds }: EncodingGoal): string {
  const dueAfterS = Math.max(gopSeconds - 0.5 / fps, 0.001).toFixed(3);
  return `expr:if(isnan(prev_forced_t),1,gte(t,prev_forced_t+${dueAfterS}))`;
}

/** A bit rate that suits the picture: 2.5 Mbit/s at 720p30, rising slower than the number of pixels. */
export function defaultBitrateKbps(size: { width: number; height: number }, fps: number): number {
  const pixelsPerSecond = size.width * size.height * Math.min(fps, 60);
  const kbps = 2500 * (pixelsPerSecond / (1280 * 720 * 30)) ** 0.75;
  return Math.round(Math.min(Math.max(kbps, 300), 20_000) / 50) * 50;
}
