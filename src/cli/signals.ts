import { closeSync, readFileSync, readlinkSync } from "node:fs";
import { constants } from "node:os";
import { basename } from "node:path";
import { isatty } from "node:tty";
import type { StreamHandle } from "../stream.ts";
import type { Environment, Io } from "./command.ts";

/** The exit code of a forced end as shells give it. */
export const forcedExitCode = (signal: NodeJS.Signals): number => 128 + constants.signals[signal];

/** What ends a command in order. SIGHUP is not among them where it was ignored when we were started. */
export function endSignals(env: Environment): readonly NodeJS.Signals[] {
  return isHangupIgnored(env) ? ["SIGINT", "SIGTERM"] : ["SIGHUP", "SIGINT", "SIGTERM"];
}

/** Keeps SIGHUP ignored where it was. Node gives every signal its default again when it starts, and so would die of it. */
export function keepHangupIgnored(env: Environment, io: Io): void {
  if (isHangupIgnored(env)) io.on("SIGHUP", () => undefined);
}

/**
 * Lets go of terminals that were closed meanwhile: Node gives each its modes back as its last act, and aborts where that
 * fails, with a stack and perhaps a core dump. Of a descriptor that is closed it does not (node::ResetStdio).
 */
export function releaseClosedTerminals(io: Io): void {
  const terminals = [0, 1, 2].filter((fd) => isatty(fd));
  io.on("exit", () => {
    for (const fd of terminals) if (!isatty(fd)) close(fd);
  });
}

function close(fd: number): void {
  try {
    closeSync(fd);
  } catch {
    // it was closed already
  }
}

/**
 * Whether SIGHUP was ignored. Node has forgotten it, but there are traces: shells name the program that they run in `_`,
 * nohup writes what was for a terminal to nohup.out, and a script that nohup runs ignores it as we did: its status has a
 * mask of ignored signals, in hexadecimal, signal 1 being the lowest bit (proc(5)).
 */
function isHangupIgnored(env: Environment): boolean {
  if (basename(env["_"] ?? "") === "nohup") return true;
  try {
    if (basename(readlinkSync("/proc/self/fd/1")) === "nohup.out") return true;
    const ignored = /^SigIgn:\s*([0-9a-f]+)/m.exec(
      readFileSync(`/proc/${process.ppid}/status`, "latin1"),
    )?.[1];
    return ignored !== undefined && (BigInt(`0x${ignored}`) & 1n) === 1n;
  } catch {
    return false; // no such files on this system
  }
}

/** Whether a terminal that we had has been closed: what SIGHUP means unless somebody sent it. */
export function hangupWatch(): () => boolean {
  const terminals = [0, 1, 2].filter((fd) => isatty(fd));
  return () => terminals.some((fd) => !isatty(fd));
}

/** Work that a signal of the system's ends; its name is the reason with which the work's is aborted. */
export async function whileWanted<Result>(
  env: Environment,
  io: Io,
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const over = new AbortController();
  const end = (signal: NodeJS.Signals) => over.abort(signal);
  const signals = endSignals(env);
  for (const signal of signals) io.on(signal, end);
  try {
    return await work(over.signal);
  } finally {
    for (const signal of signals) io.off(signal, end);
  }
}

interface Stoppable extends Pick<StreamHandle, "stop"> {
  kill(): void;
}

/** The first signal stops the stream in order, the second at once. */
export class Signals {
  readonly #io: Io;
  readonly #stream: Stoppable;
  readonly #signals: readonly NodeJS.Signals[];
  #received = 0;

  constructor(io: Io, stream: Stoppable, signals: readonly NodeJS.Signals[]) {
    this.#io = io;
    this.#stream = stream;
    this.#signals = signals;
    for (const signal of this.#signals) io.on(signal, this.#onSignal);
  }

  release(): void {
    for (const signal of this.#signals) this.#io.off(signal, this.#onSignal);
  }

  readonly #onSignal = (signal: NodeJS.Signals): void => {
    this.#received += 1;
    if (this.#received === 1)
      void this.#stream.stop(); // how it went is what `ended` says
    else {
      this.#stream.kill();
      this.#io.exit(forcedExitCode(signal));
    }
  };
}
