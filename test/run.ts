import { spawn } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

export interface RunOptions {
  readonly env?: NodeJS.ProcessEnv;
  /** Sent to the command's stdin, piece by piece, each at its time from the start; then stdin is closed. */
  readonly says?: readonly { readonly afterMs: number; readonly text: string }[];
  /** When to ask the command to stop with SIGINT, for one that would run for ever. */
  readonly interruptAfterMs?: number;
  /** When to lose patience: SIGKILL, and the result says so. */
  readonly killAfterMs?: number;
}

/** What a command wrote and how it ended. */
export interface Ended {
  readonly stdout: string;
  /** stdout as it came. */
  readonly bytes: Buffer;
  readonly stderr: string;
  readonly exitCode: number | null;
  /** True if the command had to be killed because it went on past `killAfterMs`. */
  readonly overran: boolean;
}

/** Runs a command to its end and keeps all that it wrote. */
export async function run(command: readonly string[], options: RunOptions = {}): Promise<Ended> {
  const [program, ...args] = command;
  if (program === undefined) throw new Error("run: empty command");
  const child = spawn(program, args, { stdio: ["pipe", "pipe", "pipe"], env: options.env ?? process.env });
  const chunks: Buffer[] = [];
  let stderr = "";
  let overran = false;
  child.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  child.stdin.on("error", () => {}); // the command may end before it has read all
  const timers = (options.says ?? []).map(({ afterMs, text }) =>
    setTimeout(() => child.stdin.write(text), afterMs),
  );
  if (options.says === undefined) child.stdin.end();
  const at = (afterMs: number | undefined, act: () => void) => {
    if (afterMs !== undefined) timers.push(setTimeout(act, afterMs));
  };
  at(options.interruptAfterMs, () => child.kill("SIGINT"));
  at(options.killAfterMs ?? 60_000, () => {
    overran = true;
    child.kill("SIGKILL");
  });
  try {
    return await new Promise((resolve, reject) => {
      child.once("error", reject);
      child.once("close", (exitCode) => {
        const bytes = Buffer.concat(chunks);
        resolve({ stdout: bytes.toString("utf8"), bytes, stderr, exitCode, overran });
      });
    });
  } finally {
    timers.forEach(clearTimeout);
  }
}

/** Runs a command that must succeed; its last words are in the error otherwise. */
export async function mustRun(command: readonly string[], options: RunOptions = {}): Promise<Ended> {
  const ended = await run(command, options);
  if (ended.exitCode === 0) return ended;
  throw new Error(`${command.join(" ")}: exit ${ended.exitCode}\n${ended.stderr.slice(-2000)}`);
}

/** The full path of the first of `programs` that is installed, or null. */
export function findProgram(...programs: readonly string[]): string | null {
  const folders = (process.env["PATH"] ?? "").split(delimiter);
  const paths = programs.flatMap((program) => folders.map((folder) => join(folder, program)));
  return paths.find(isExecutable) ?? null;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
