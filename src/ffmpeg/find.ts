import { createRequire } from "node:module";
import { UserError } from "../errors.ts";
import { type Exit, FfmpegProcess } from "./process.ts";
import type { VersionCache } from "./version-cache.ts";

export interface FfmpegBinary {
  readonly path: string;
  /** As it says it, e.g. `5.1.9-0+deb12u1`, `n7.1`, `N-113007-g8d24a28d06`. */
  readonly version: string;
  /** Infinity for a development build, which has no number and is newer than all that have. */
  readonly majorVersion: number;
  /** How long it took to say so: by this, what it does on a slow or busy machine is not mistaken for hanging. */
  readonly answeredInMs?: number;
}

/** A machine that has just booted, or does much else, may take ten seconds to load it. */
const VERSION_TIMEOUT_MS = 30_000;

/**
 * Finds an ffmpeg that runs: the one asked for (and then no other), the system's, ffmpeg-static's.
 * ffmpeg-static names a path even where its download failed, so each candidate has to say its version, or to have said it.
 *
 * @throws UserError of reason `noFfmpeg`, which no waiting changes, or `notReady` where one is there and too slow
 */
export async function findFfmpeg(
  asked: string | null,
  timeoutMs = VERSION_TIMEOUT_MS,
  versions: VersionCache | null = null,
): Promise<FfmpegBinary> {
  if (asked !== null) {
    const found = await tryFfmpeg(asked, timeoutMs, versions);
    if (typeof found !== "string") return found;
    const advice = "give the path of an ffmpeg, or remove the option";
    throw new UserError("noFfmpeg", `--ffmpeg ${asked}: ${found}; ${advice}`);
  }
  for (const candidate of ["ffmpeg", staticPath()]) {
    const found = candidate && (await tryFfmpeg(candidate, timeoutMs, versions));
    if (found !== null && typeof found !== "string") return found;
  }
  throw new UserError(
    "noFfmpeg",
    "ffmpeg not found; install it (Debian: sudo apt install ffmpeg, macOS: brew install ffmpeg), or give its path with --ffmpeg",
  );
}

/** Where ffmpeg-static has put its binary; null when the package is not installed. */
function staticPath(): string | null {
  try {
    const path: unknown = createRequire(import.meta.url)("ffmpeg-static");
    return typeof path === "string" ? path : null;
  } catch {
    return null; // an optional dependency, left out where its download failed
  }
}

/** The ffmpeg at this path, or what is wrong with it. */
async function tryFfmpeg(
  path: string,
  timeoutMs: number,
  versions: VersionCache | null,
): Promise<FfmpegBinary | string> {
  const known = versions?.recall(path) ?? null;
  if (known !== null) return { ...known, majorVersion: majorOf(known.version) };
  const askedMs = performance.now();
  const chunks: Uint8Array[] = [];
  const process = new FfmpegProcess({
    path,
    args: ["-version"],
    outputs: new Map([[1, (chunk: Uint8Array) => void chunks.push(chunk)]]),
    onStderrLine: () => undefined, // what it says of a failure is its exit code
    redact: (text) => text,
  });
  const exit = await process.endsWithin(timeoutMs);
  if (exit === null) {
    const late = `${path} -version did not finish within ${timeoutMs / 1000} s`;
    throw new UserError("notReady", `${late}; the machine may be busy, or the program hangs`);
  }
  if (exit.code !== 0) return problemOf(exit);
  const version = /^ffmpeg version (\S+)/.exec(Buffer.concat(chunks).toString())?.[1];
  if (version === undefined) return 'not an ffmpeg: -version does not print "ffmpeg version …"';
  const answeredInMs = Math.round(performance.now() - askedMs);
  const binary = { path, version, majorVersion: majorOf(version), answeredInMs };
  versions?.remember(binary);
  return binary;
}

/** `n7.1` and `7.1.5-0+deb13u1` are 7; a git build (`N-113007-g…`, `2026-01-02-git-…`) has no number. */
export function majorOf(version: string): number {
  const major = /^n?(\d{1,2})\./.exec(version)?.[1];
  return major === undefined ? Number.POSITIVE_INFINITY : Number(major);
}

/** What cannot be run at all ends with 127 or 126, as in a shell, where setpriv was to run it. */
function problemOf({ code, signal, error }: Exit): string {
  const reason = error !== null && "code" in error ? error.code : code;
  if (reason === "ENOENT" || reason === 127) return "no such file";
  if (reason === "EACCES" || reason === 126) return "not executable";
  return signal === null ? `it exited with code ${String(reason)}` : `it was killed by ${signal}`;
}
