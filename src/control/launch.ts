import { type ChildProcessByStdio, spawn } from "node:child_process";
import { closeSync } from "node:fs";
import type { Readable } from "node:stream";
import { logBytes, openLog, readLogFrom } from "./log-file.ts";

/** The variable by which a process knows that another one waits for its first line. */
export const LAUNCHED = "FLVCAST_LAUNCHED";

/** A `flvcast start` of its own: in a session that no terminal ends. */
export interface LaunchOptions {
  readonly command: readonly [string, ...string[]];
  readonly env: NodeJS.ProcessEnv;
  /** Where it says what is not its result; null where that cannot be kept. */
  readonly logPath: string | null;
  /** How many lines its result has; default: one. */
  readonly lines?: number;
  /** Ends what is not watchable yet. */
  readonly signal: AbortSignal;
}

/** How a launch went. `said` is what came on stderr meanwhile. */
export type Launched =
  /** `line`: what it printed; several, without the end of the last. */
  | { readonly kind: "ready"; readonly pid: number; readonly line: string; readonly said: string }
  | { readonly kind: "failed"; readonly exitCode: number; readonly said: string };

/** A failure is told in a line; a bug with its stack. */
const MAX_SAID_BYTES = 16 * 1024;
/** A URL, or `--json`'s object. */
const MAX_LINE_BYTES = 64 * 1024;

/** Starts the process, and resolves when it has printed its first lines, or has ended without. */
export async function launch({ command, env, logPath, signal, lines = 1 }: LaunchOptions): Promise<Launched> {
  const fromBytes = logPath === null ? 0 : logBytes(logPath);
  const child = spawnDetached(command, env, logPath);
  const said = () => (logPath === null ? "" : readLogFrom(logPath, fromBytes, MAX_SAID_BYTES));
  const onAbort = () => child.kill("SIGTERM");
  if (signal.aborted) onAbort();
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    const end = ended(child);
    const line = await Promise.race([firstLines(child.stdout, lines), end.then(() => null)]);
    if (line !== null && !signal.aborted) return { kind: "ready", pid: child.pid ?? 0, line, said: said() };
    return { kind: "failed", exitCode: await end, said: said() };
  } finally {
    signal.removeEventListener("abort", onAbort);
    child.stdout.destroy();
    child.unref();
  }
}

type Child = ChildProcessByStdio<null, Readable, null>;

function spawnDetached(
  [program, ...args]: LaunchOptions["command"],
  env: NodeJS.ProcessEnv,
  log: string | null,
) {
  const fd = log === null ? null : openLog(log);
  try {
    return spawn(program, args, {
      stdio: ["ignore", "pipe", fd ?? "ignore"],
      env: { ...env, [LAUNCHED]: "1" },
      detached: true,
    }) as Child;
  } finally {
    if (fd !== null) closeSync(fd); // the child has its own
  }
}

async function firstLines(stdout: Readable, count: number): Promise<string> {
  let text = "";
  return await new Promise((resolve) => {
    stdout.setEncoding("utf8").on("data", (piece: string) => {
      if (text.length < MAX_LINE_BYTES * count) text += piece;
      const lines = text.split("\n");
      if (lines.length > count) resolve(lines.slice(0, count).join("\n"));
    });
  });
}

async function ended(child: Child): Promise<number> {
  return await new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code) => resolve(code ?? 1));
  });
}
