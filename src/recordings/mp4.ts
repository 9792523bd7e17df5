import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { basename } from "node:path";
import type { Writable } from "node:stream";
import { UserError } from "../errors.ts";
import { buildArguments } from "../ffmpeg/arguments.ts";
import { type Exit, FfmpegProcess } from "../ffmpeg/process.ts";
import { ownWords } from "../ffmpeg/reason.ts";
import { NO_REASON } from "../ffmpeg/reasons.ts";
import type { Disk } from "./disk.ts";

export type FlvBytes = AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

export interface Mp4Options {
  /** Absolute path of the file to make, in a folder that exists. It is replaced where there is one. */
  readonly file: string;
  readonly ffmpegPath: string;
  /** Of the FLV that goes in: an MP4 file has less around its frames. */
  readonly maxBytes: number;
  /** A process that takes longer is killed. */
  readonly timeoutMs: number;
  /** Kills it, too. */
  readonly signal: AbortSignal;
  /** ffmpeg alone writes the file; this gives it its name, or removes what is left of it. */
  readonly disk: Pick<Disk, "move" | "remove">;
}

/** From FLV on stdin, an MP4 file whose index stands before its frames, so that players start with its first bytes. */
export function mp4Arguments(path: string): readonly string[] {
  return buildArguments({
    input: { options: ["-hide_banner", "-loglevel", "error", "-xerror", "-f", "flv"], url: "pipe:0" },
    outputs: [
      {
        options: [
          ...["-map", "0:v?", "-map", "0:a?", "-c", "copy"],
          ...["-movflags", "+faststart", "-f", "mp4", "-y"],
        ],
        url: `file:${path}`,
      },
    ],
  });
}

/**
 * Copies the frames of an FLV file to a new MP4 file, which has its name only once it is whole. What fails leaves
 * nothing behind.
 * @throws UserError where ffmpeg cannot, or not in time; AbortError by the signal; what `flv` and the disk throw
 */
export async function makeMp4(flv: FlvBytes, options: Mp4Options): Promise<void> {
  options.signal.throwIfAborted();
  const part = `${options.file}.${randomBytes(4).toString("hex")}.part`;
  try {
    await remux(flv, part, options);
    await options.disk.move(part, options.file);
  } catch (error) {
    await options.disk.remove(part).catch(() => undefined); // it was not begun, or the disk has failed already
    throw error;
  }
}

async function remux(flv: FlvBytes, part: string, options: Mp4Options): Promise<void> {
  const { ffmpegPath, timeoutMs, signal } = options;
  const name = basename(options.file);
  const process = new FfmpegProcess({
    path: ffmpegPath,
    args: mp4Arguments(part),
    outputs: new Map(),
    onStderrLine: () => undefined, // its last lines come with its exit
    redact: (line) => line.replaceAll(`file:${part}`, name),
    stdin: "pipe",
  });
  let failed: { readonly reason: unknown } | null = null;
  const over = new AbortController();
  const { stdin } = process;
  if (stdin !== null)
    void feed(limited(flv, name, options.maxBytes), stdin, over.signal).catch((reason: unknown) => {
      failed = { reason };
      process.kill(); // it must not take what came for the whole
    });
  const exit = await process.endsWithin(timeoutMs, signal);
  over.abort();
  signal.throwIfAborted();
  if (failed !== null) throw (failed as { readonly reason: unknown }).reason; // TypeScript does not see it assigned
  if (exit === null)
    throw new UserError("notReady", `ffmpeg took longer than ${timeoutMs / 1000} s to make ${name}`);
  if (exit.code !== 0) throw new UserError("failure", `cannot make ${name}: ${reasonOf(exit)}`);
}

async function* limited(flv: FlvBytes, name: string, maxBytes: number): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  for await (const chunk of flv) {
    bytes += chunk.length;
    if (bytes > maxBytes) throw new UserError("failure", `${name} would be larger than ${maxBytes} bytes`);
    yield chunk;
  }
}

/** Rejects only with what `chunks` throws: why ffmpeg takes no more is in its exit. */
async function feed(chunks: AsyncIterable<Uint8Array>, stdin: Writable, over: AbortSignal): Promise<void> {
  stdin.on("error", () => undefined);
  for await (const chunk of chunks) {
    if (over.aborted || (!stdin.write(chunk) && !(await isDrained(stdin, over)))) return;
  }
  stdin.end();
}

const isDrained = (stdin: Writable, over: AbortSignal): Promise<boolean> =>
  once(stdin, "drain", { signal: over }).then(
    () => true,
    () => false,
  );

/** ffmpeg's last words. Its advice on devices and encoders (`failureOf`) would mislead here. */
function reasonOf({ error, code, signal, stderr }: Exit): string {
  if (error !== null) return `cannot start ffmpeg: ${error.message}`;
  const lines = stderr.map((line) => ownWords(line, "pipe:0"));
  const last = lines.filter((line) => ![...NO_REASON, SUMMARY].some((noise) => noise.test(line))).at(-1);
  if (last !== undefined) return `ffmpeg: ${last}`;
  return signal === null ? `ffmpeg exited with code ${code}` : `ffmpeg was killed by ${signal}`;
}

const SUMMARY = /^Error initializing output stream/;
