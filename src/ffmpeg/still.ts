import { UserError } from "../errors.ts";
import { buildArguments } from "./arguments.ts";
import { FfmpegProcess } from "./process.ts";
import { failureOf } from "./reason.ts";

/** A JPEG's colours are full-range BT.601 and nothing else (JFIF 1.02); ffmpeg by itself leaves BT.709 as it is. */
const TO_JFIF = "scale=out_color_matrix=bt601:out_range=full";

/** From one access unit on stdin, one JPEG on stdout. */
export function stillArguments(format: string): readonly string[] {
  return buildArguments({
    // One thread: more would only take time to begin.
    input: { options: ["-hide_banner", "-loglevel", "error", "-f", format, "-threads", "1"], url: "pipe:0" },
    outputs: [
      {
        options: [
          ...["-frames:v", "1", "-threads", "1", "-vf", TO_JFIF],
          ...["-c:v", "mjpeg", "-q:v", "3", "-f", "image2pipe"],
        ],
        url: "pipe:1",
      },
    ],
  });
}

export interface StillOptions {
  readonly ffmpegPath: string;
  /** ffmpeg's demuxer of the byte stream. */
  readonly format: string;
  /** A process that takes longer is killed. */
  readonly timeoutMs: number;
  /** Kills it, too. */
  readonly signal: AbortSignal;
}

/**
 * Decodes a single access unit (a byte stream of a key frame with its parameter sets) to a JPEG.
 * @throws UserError where ffmpeg cannot, or not in time
 */
export async function decodeStill(
  accessUnit: Uint8Array,
  { ffmpegPath, format, timeoutMs, signal }: StillOptions,
): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  const process = new FfmpegProcess({
    path: ffmpegPath,
    args: stillArguments(format),
    outputs: new Map([[1, (chunk: Uint8Array) => void chunks.push(chunk)]]),
    onStderrLine: () => undefined, // its last lines come with its exit
    redact: (text) => text,
    stdin: (stdin) => stdin.end(accessUnit),
  });
  const exit = await process.endsWithin(timeoutMs, signal);
  if (exit === null)
    throw new UserError("notReady", `ffmpeg took longer than ${timeoutMs / 1000} s to make a snapshot`);
  if (exit.code !== 0) throw failureOf("snapshot", exit);
  if (chunks.length === 0) throw new UserError("failure", "ffmpeg made no image from the last key frame");
  return Buffer.concat(chunks);
}
