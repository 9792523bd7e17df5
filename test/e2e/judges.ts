import { mustRun, run } from "../run.ts";

/** Everything ffmpeg finds wrong with a file, when it decodes all of it and forgives nothing. */
export async function decodeComplaints(path: string): Promise<string> {
  const { stderr, exitCode } = await run(
    ["ffmpeg", "-nostdin", "-v", "error", "-xerror", "-err_detect", "explode"].concat([
      // as it is timed: else a picture is put in the grid of a guessed frame rate, and that is complained of
      ...["-i", path, "-map", "0", "-fps_mode", "passthrough", "-enc_time_base", "1:1000", "-f", "null", "-"],
    ]),
  );
  return exitCode === 0 ? stderr : `${stderr}exit ${exitCode}`;
}

/** A stream as ffprobe sees it. */
export interface ProbedStream {
  readonly codec_type: string;
  readonly codec_name: string;
  readonly profile?: string;
  readonly width?: number;
  readonly height?: number;
  readonly has_b_frames?: number;
  readonly r_frame_rate?: string;
  readonly sample_rate?: string;
  readonly channels?: number;
}

export async function probeStreams(
  path: string,
  options: readonly string[] = [],
): Promise<readonly ProbedStream[]> {
  const command = ["ffprobe", "-v", "warning", ...options, "-show_streams", "-of", "json", path];
  const { stdout, stderr } = await mustRun(command);
  if (stderr !== "") throw new Error(`ffprobe complains of ${path}: ${stderr}`);
  const said: { readonly streams: readonly ProbedStream[] } = JSON.parse(stdout);
  return said.streams;
}
/** The hash of each decoded frame of one track, `v` or `a`. */
export async function decodedHashes(path: string, track: "v" | "a"): Promise<readonly string[]> {
  const { stdout } = await mustRun(
    ["ffmpeg", "-nostdin", "-v", "error", "-i", path, "-map", `0:${track}:0`].concat([
      ...["-fps_mode", "passthrough", "-f", "framemd5", "-"],
    ]),
  );
  return stdout
    .split("\n")
    .filter((line) => /^\d/.test(line))
    .map((line) => line.split(",").at(-1)?.trim() ?? "");
}
