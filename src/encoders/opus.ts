import { UserError } from "../errors.ts";
import type { FfmpegBinary } from "../ffmpeg/find.ts";
import type { Machine } from "../system/machine.ts";

const TIMEOUT_MS = 10_000;

/**
 * Has ffmpeg encode a moment of silence to Opus, for which it takes a library that not every build has.
 * @throws UserError where it cannot
 */
export async function proveOpus({ path }: Pick<FfmpegBinary, "path">, machine: Machine): Promise<void> {
  const ran = await machine.run(path, opusArguments, { timeoutMs: TIMEOUT_MS });
  if (ran === null || ran.code === 0 || !/Unknown encoder/.test(ran.stderr)) return; // what else is wrong shows when it is used
  throw new UserError(
    "noFfmpeg",
    `--audio-codec opus needs ffmpeg's libopus encoder, which ${path} lacks; use another ffmpeg with --ffmpeg, or --audio-codec aac`,
  );
}

export const opusArguments: readonly string[] = [
  ...["-hide_banner", "-nostdin", "-loglevel", "error"],
  ...["-f", "lavfi", "-i", "anullsrc=duration=0.02"],
  ...["-c:a", "libopus", "-f", "null", "-"],
];
