import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { basename } from "node:path";
import type { Writable } from "node:stream";
import { setTimeout } from "node:timers/promises";
import { UserError } from "../errors.ts";
import { buildArguments } from "../ffmpeg/arguments.ts";
import { type Exit, FfmpegProcess } from "../ffmpeg/process.ts";
import { ownWords } from "../ffmpeg/reason.ts";
import { NO_REASON } from "../ffmpeg/reasons.ts";
import type { AudioCodec } from "../media/packet.ts";
import type { Disk } from "./disk.ts";
import { type FlvBytes, type Mp4Source, openMp4Source } from "./mp4-source.ts";

export interface Mp4Options {
  /** Absolute path of the file to make, in a folder that exists. Whether it replaces one, `disk` decides. */
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

/**
 * From fragmented MP4 on stdin, an MP4 file whose index stands before its frames, so that players start with its first bytes.
 * G.711 becomes AAC: ffmpeg writes none to MP4, and few players would play it.
 */
export function mp4Arguments(path: string, audioCodec: AudioCodec | null): readonly string[] {
  const isG711 = audioCodec === "pcm_alaw" || audioCodec === "pcm_mulaw";
  return buildArguments({
    input: { options: ["-hide_banner", "-loglevel", "error", "-xerror", "-f", "mp4"], url: "pipe:0" },
    outputs: [
      {
        options: [
          ...["-map", "0:v?", "-map", "0:a?", "-c", "copy", ...(isG711 ? ["-c:a", "aac"] : [])],
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
  const { timeoutMs, signal, file, maxBytes } = options;
  const name = basename(file);
  const opening = openMp4Source(limited(flv, name, maxBytes), name);
  try {
    const source = await inTime(opening, timeoutMs, signal);
    if (source === null) throw tooLong(timeoutMs, name);
    await remuxFrom(source, part, options);
  } finally {
    void close(opening); // it may never come to its end
  }
}

/** Of what it was made of, nothing stays open. Why it failed has been said. */
async function close(opening: Promise<Mp4Source>): Promise<void> {
  await opening.then(({ rest }) => rest.return()).catch(() => undefined);
}

async function remuxFrom(
  { audioCodec, first, rest }: Mp4Source,
  part: string,
  { ffmpegPath, timeoutMs, signal, file }: Mp4Options,
): Promise<void> {
  const name = basename(file);
  let failed: { readonly reason: unknown } | null = null;
  const over = new AbortController();
  const process = new FfmpegProcess({
    path: ffmpegPath,
    args: mp4Arguments(part, audioCodec),
    outputs: new Map(),
    onStderrLine: () => undefined, // its last lines come with its exit
    redact: (line) => line.replaceAll(`file:${part}`, name),
    stdin: (stdin) =>
      void feed(first, rest, stdin, over.signal).catch((reason: unknown) => {
        failed = { reason };
        process.kill(); // it must not take what came for the whole
      }),
  });
  const exit = await process.endsWithin(timeoutMs, signal);
  over.abort();
  signal.throwIfAborted();
  if (failed !== null) throw (failed as { readonly reason: unknown }).reason; // TypeScript does not see it assigned
  if (exit === null) throw tooLong(timeoutMs, name);
  if (exit.code !== 0) throw new UserError("failure", `cannot make ${name}: ${reasonOf(exit)}`);
}

/** Null where it takes longer. @throws AbortError by the signal, and what the promise does */
async function inTime<T>(promise: Promise<T>, timeoutMs: number, signal: AbortSignal): Promise<T | null> {
  const over = new AbortController();
  const end = () => over.abort();
  signal.addEventListener("abort", end);
  try {
    return await Promise.race([promise, setTimeout(timeoutMs, null, { signal: over.signal })]);
  } finally {
    signal.removeEventListener("abort", end);
    end();
  }
}

function tooLong(timeoutMs: number, name: string): UserError {
  return new UserError("notReady", `it took longer than ${timeoutMs / 1000} s to make ${name}`);
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
async function feed(
  first: Uint8Array,
  chunks: AsyncIterable<Uint8Array>,
  stdin: Writable,
  over: AbortSignal,
): Promise<void> {
  stdin.on("error", () => undefined);
  stdin.write(first);
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
