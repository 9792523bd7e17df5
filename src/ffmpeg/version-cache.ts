import { mkdirSync, readFileSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import type { FfmpegBinary } from "./find.ts";

/** A program as it was when it said its version. */
interface Known extends Omit<FfmpegBinary, "path" | "majorVersion"> {
  readonly size: number;
  readonly mtimeMs: number;
}

const FILE = "ffmpeg.json";
/** Bytes: an own file is far smaller. */
const MAX_FILE_SIZE = 100_000;
const MAX_KNOWN = 20;

/**
 * Which version each ffmpeg has said to be, from one run to the next, so that it need not be run for that: as long as its file has
 * the same size and time. Whatever is wrong with what is kept is no error.
 */
export class VersionCache {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** @param program a path, or a name that is looked for in PATH */
  recall(program: string): Omit<FfmpegBinary, "majorVersion"> | null {
    const found = locate(program);
    if (found === null) return null;
    const { size, mtimeMs, ...known } = this.#read()[found.path] ?? {};
    const isSame = size === found.size && mtimeMs === found.mtimeMs && typeof known.version === "string";
    return isSame ? { path: program, version: known.version ?? "", ...answered(known.answeredInMs) } : null;
  }

  remember({ path: program, version, answeredInMs }: FfmpegBinary): void {
    const found = locate(program);
    if (found === null) return;
    const { path, size, mtimeMs } = found;
    const { [path]: _, ...others } = this.#read();
    const known: Known = { size, mtimeMs, version, ...answered(answeredInMs) };
    const kept = Object.entries(others).slice(1 - MAX_KNOWN);
    const target = join(this.#folder, FILE);
    const temporary = `${target}.${process.pid}`;
    try {
      mkdirSync(this.#folder, { recursive: true });
      writeFileSync(temporary, JSON.stringify(Object.fromEntries([...kept, [path, known]])), { mode: 0o600 });
      renameSync(temporary, target);
    } catch {
      discard(temporary);
    }
  }

  #read(): Readonly<Record<string, Partial<Known>>> {
    try {
      const path = join(this.#folder, FILE);
      if (statSync(path).size > MAX_FILE_SIZE) return {};
      const read: unknown = JSON.parse(readFileSync(path, "utf8"));
      if (typeof read !== "object" || read === null) return {};
      return Object.fromEntries(
        Object.entries(read).filter(([, one]) => typeof one === "object" && one !== null),
      );
    } catch {
      return {};
    }
  }
}

function answered(answeredInMs: unknown): { answeredInMs?: number } {
  return typeof answeredInMs === "number" ? { answeredInMs } : {};
}

/** The file that would be run; null where there is none. */
function locate(
  program: string,
): { readonly path: string; readonly size: number; readonly mtimeMs: number } | null {
  const folders = program.includes("/") ? [""] : (process.env["PATH"] ?? "").split(delimiter);
  for (const folder of folders) {
    try {
      const path = realpathSync(join(folder, program));
      const found = statSync(path);
      if (found.isFile()) return { path, size: found.size, mtimeMs: found.mtimeMs };
    } catch {
      // not in this folder
    }
  }
  return null;
}

function discard(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // it costs a few bytes
  }
}
