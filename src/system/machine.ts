import { execFile } from "node:child_process";
import { readlinkSync } from "node:fs";
import { access, constants, readdir, readFile, realpath, stat } from "node:fs/promises";

/** The system that is looked at for devices: the one we run on, or a test's. Nothing here throws. */
export interface Machine {
  readonly platform: NodeJS.Platform;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Runs a program to its end; null where it is not installed or took too long. */
  run(program: string, args: readonly string[], options: RunOptions): Promise<Ran | null>;
  /** A file's text; null where it cannot be read. */
  readText(path: string): Promise<string | null>;
  /** The names in a folder, sorted; none where it is not there. */
  list(folder: string): Promise<readonly string[]>;
  /** What a path is without symbolic links; null where there is nothing. */
  realpath(path: string): Promise<string | null>;
  /** A symbolic link's own text; null where there is none. */
  readlink(path: string): Promise<string | null>;
  /** Whether this user may read and write it. */
  mayOpen(path: string): Promise<boolean>;
  /** The numeric group that owns it, and what it may; null where it is not there. */
  groupOf(path: string): Promise<{ readonly gid: number; readonly groupMayWrite: boolean } | null>;
}

export interface RunOptions {
  readonly timeoutMs: number;
}

/** How a program ended, and what it wrote. */
export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const MAX_OUTPUT_BYTES = 4 * 1024 * 1024;
/** Read by programs: their words are not to be translated. LANGUAGE overrules LC_ALL, except for the plain C. */
const PLAIN_LOCALE = { LC_ALL: "C.UTF-8", LANGUAGE: "" };

export function thisMachine(env: Readonly<Record<string, string | undefined>>): Machine {
  return {
    platform: process.platform,
    env,
    run: (program, args, { timeoutMs }) =>
      new Promise((resolve) => {
        const options = {
          timeout: timeoutMs,
          killSignal: "SIGKILL" as const,
          maxBuffer: MAX_OUTPUT_BYTES,
          env: { ...env, ...PLAIN_LOCALE },
          windowsHide: true,
        };
        const lateMs = performance.now() + timeoutMs;
        execFile(program, [...args], options, (error, stdout, stderr) => {
          // On a busy machine a program may have ended well, and yet its output is dropped when the time is up.
          if (performance.now() >= lateMs) return resolve(null);
          // A program that ran has a number for a code; ENOENT, a timeout and too much output have none.
          if (error === null) resolve({ code: 0, stdout, stderr });
          else resolve(typeof error.code === "number" ? { code: error.code, stdout, stderr } : null);
        }).stdin?.end();
      }),
    readText: (path) => orNull(readFile(path, "utf8")),
    list: async (folder) => ((await orNull(readdir(folder))) ?? []).toSorted(),
    realpath: (path) => orNull(realpath(path)),
    // The open files of all processes are thousands of links: 2 µs each, where the promise's way takes 20.
    readlink: (path) => orNull((async () => readlinkSync(path))()),
    mayOpen: async (path) =>
      (await orNull(access(path, constants.R_OK | constants.W_OK).then(() => true))) ?? false,
    groupOf: async (path) => {
      const found = await orNull(stat(path));
      return found && { gid: found.gid, groupMayWrite: (found.mode & 0o020) !== 0 };
    },
  };
}

async function orNull<Value>(asked: Promise<Value>): Promise<Value | null> {
  try {
    return await asked;
  } catch {
    return null; // what cannot be seen is not there, for this user
  }
}
