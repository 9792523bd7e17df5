import { run } from "../run.ts";
import { linesOf, longestSpanMs, type Player, type PlayReport, trackOf } from "./report.ts";

/** Decodes every frame and forgives nothing: the judge of the elementary streams. */
export const ffmpeg: Player = {
  name: "ffmpeg -xerror",
  programs: ["ffmpeg"],
  play: (url, seconds) => decode(url, seconds),
};

export async function decode(url: string, seconds: number, path = "ffmpeg"): Promise<PlayReport> {
  const { stdout, stderr, exitCode, overran } = await run(
    [path, "-hide_banner", "-nostdin", "-nostats", "-loglevel", "warning"]
      .concat(["-xerror", "-err_detect", "explode", "-i", url, "-t", `${seconds}`])
      .concat(["-map", "0", "-fps_mode", "passthrough", "-f", "framehash", "-hash", "adler32", "pipe:1"]),
    { killAfterMs: seconds * 1000 + 15_000 },
  );
  const frames = new FrameHashes(stdout);
  const video = trackOf(frames.timesMs("video"));
  const audio = trackOf(frames.timesMs("audio"));
  const complaints = [
    ...linesOf(stderr),
    ...(exitCode === 0 ? [] : [`ffmpeg ended with ${exitCode}`]),
    ...(overran ? ["ffmpeg did not come to an end"] : []),
  ];
  return { complaints, video, audio, playedMs: longestSpanMs(video, audio) };
}

/** The output of ffmpeg's framehash muxer: `#tb 0: 1/30`, `#media_type 0: video`, then `0, dts, pts, …` a frame. */
class FrameHashes {
  readonly #lines: readonly string[];

  constructor(text: string) {
    this.#lines = linesOf(text);
  }

  timesMs(mediaType: string): readonly number[] {
    const stream = this.#header(/^#media_type (\d+): (\w+)/).find(([, type]) => type === mediaType)?.[0];
    if (stream === undefined) return [];
    const [, base = "0/1"] = this.#header(/^#tb (\d+): (\S+)/).find(([index]) => index === stream) ?? [];
    const [numerator = 0, denominator = 1] = base.split("/").map(Number);
    return this.#lines
      .filter((line) => line.startsWith(`${stream},`))
      .map((line) => (Number(line.split(",")[2]) * 1000 * numerator) / denominator);
  }

  #header(pattern: RegExp): readonly (readonly string[])[] {
    return this.#lines.flatMap((line) => {
      const match = pattern.exec(line);
      return match === null ? [] : [match.slice(1)];
    });
  }
}
