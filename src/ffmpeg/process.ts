import { type ChildProcess, spawn } from "node:child_process";
import { realpathSync } from "node:fs";
import { basename, delimiter, join } from "node:path";
import type { Readable, Writable } from "node:stream";
import { StderrTail } from "./stderr-tail.ts";

/** How a process ended, after its last byte was read. */
export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** The last lines of its stderr, passwords hidden. */
  readonly stderr: readonly string[];
  /** The same for people: what was said several times in a row says how often. */
  readonly lastLines?: readonly string[];
  /** Set when the process could not be started at all. */
  readonly error: Error | null;
}

export interface ProcessOptions {
  readonly path: string;
  readonly args: readonly string[];
  /** Called for each piece of an output, by the number N of ffmpeg's `pipe:N`: 1 is stdout, then 3, 4 … */
  readonly outputs: ReadonlyMap<number, (chunk: Uint8Array) => void>;
  /** An output has come to its end: the process goes on with its others, or is about to end. */
  readonly onOutputEnd?: (pipe: number) => void;
  readonly onStderrLine: (line: string) => void;
  /** Lines that ffmpeg marks as information, where it was asked to (`-loglevel level+info`). */
  readonly onInfoLine?: (line: string) => void;
  readonly redact: (text: string) => string;
  /** Written to the process's stdin by the caller; without it stdin is empty. */
  readonly stdin?: "pipe";
}

const TERM_GRACE_MS = 2000;
/** A process that hangs in a driver does not even heed SIGKILL: after this it is left to the system. */
const BURIAL_MS = 1000;

/** One child process from birth to death. Its stderr is always drained: unread, ffmpeg stops dead after 64 KB. */
export class FfmpegProcess {
  readonly exited: Promise<Exit>;
  readonly #child: ChildProcess;
  /** What is done next about a process that is to end. */
  #ending: NodeJS.Timeout | null = null;
  /** Once its exit was seen, its number may be another's; it is over when its pipes are closed, too. */
  #state: "running" | "exited" | "over" = "running";
  readonly #end: (code: number | null, signal: NodeJS.Signals | null) => void;

  constructor(options: ProcessOptions) {
    const [command, ...args] = dyingWithParent([options.path, ...options.args]);
    const highestPipe = Math.max(2, ...options.outputs.keys());
    this.#child = spawn(command, args, {
      stdio: Array.from({ length: highestPipe + 1 }, (_, fd) =>
        fd === 2 || options.outputs.has(fd) || (fd === 0 && options.stdin) ? "pipe" : "ignore",
      ),
      // In a process group of its own, Ctrl-C in a terminal reaches us alone, and we end it in order.
      detached: process.platform !== "win32",
    });
    const tail = new StderrTail(options.redact, options.onStderrLine, options.onInfoLine);
    this.#child.stderr?.setEncoding("utf8").on("data", (text: string) => tail.push(text));
    for (const [fd, onChunk] of options.outputs) {
      const output = this.#child.stdio[fd] as Readable; // "pipe" makes a readable stream of every fd above 0
      output.on("data", onChunk);
      output.once("end", () => options.onOutputEnd?.(fd));
    }
    let startError: Error | null = null;
    let resolve!: (exit: Exit) => void;
    this.exited = new Promise((settle) => (resolve = settle));
    this.#end = (code, signal) => {
      if (this.#state === "over") return;
      this.#state = "over";
      if (this.#ending !== null) clearTimeout(this.#ending);
      tail.end();
      resolve({ code, signal, stderr: tail.lines, lastLines: tail.counted, error: startError });
    };
    this.#child.once("error", (error) => {
      startError = error;
      if (this.#child.pid === undefined) this.#end(null, null);
    });
    this.#child.once("exit", () => {
      this.#signal("SIGKILL"); // to what it has left behind
      if (this.#state === "running") this.#state = "exited";
    });
    this.#child.once("close", this.#end);
  }

  get pid(): number | null {
    return this.#child.pid ?? null;
  }

  /** The process's stdin, when it was asked for. */
  get stdin(): Writable | null {
    return this.#child.stdin;
  }

  /** SIGTERM, two seconds, SIGKILL: an ffmpeg that hangs in a driver heeds nothing less. */
  stop(): Promise<Exit> {
    if (this.#ending === null && this.#state !== "over") {
      this.#signal("SIGTERM");
      this.#ending = setTimeout(() => this.kill(), TERM_GRACE_MS);
    }
    return this.exited;
  }

  /** `exited` resolves within a second, whatever becomes of the process. */
  kill(): void {
    if (this.#state === "over") return;
    this.#signal("SIGKILL");
    if (this.#ending !== null) clearTimeout(this.#ending);
    // An end that was not heard of yet, for this process was held up itself, is heard of first.
    this.#ending = setTimeout(() => setImmediate(() => this.#abandon()), BURIAL_MS);
  }

  #abandon(): void {
    if (this.#state !== "over") for (const pipe of this.#child.stdio) pipe?.destroy();
    this.#end(this.#child.exitCode, this.#child.signalCode);
  }

  /** To the whole group: an ffmpeg may be a script, and what it has started would keep our pipes open. */
  #signal(name: NodeJS.Signals): void {
    const { pid } = this.#child;
    if (pid === undefined || this.#state !== "running") return;
    try {
      process.kill(process.platform === "win32" ? pid : -pid, name);
    } catch {
      // it has gone
    }
  }
}

/**
 * The command, run so that the kernel kills it when we die, even of SIGKILL: an ffmpeg that writes nothing would
 * outlive its closed pipes. Linux only, where util-linux's setpriv is (busybox's lacks the option).
 */
function dyingWithParent(command: readonly [string, ...string[]]): readonly [string, ...string[]] {
  const setpriv = process.platform === "linux" ? findSetpriv() : null;
  return setpriv === null ? command : [setpriv, "--pdeathsig", "KILL", "--", ...command];
}

function findSetpriv(): string | null {
  const folders = [...(process.env["PATH"] ?? "").split(delimiter), "/usr/bin", "/bin"];
  for (const folder of folders.filter((path) => path.startsWith("/"))) {
    try {
      const path = realpathSync(join(folder, "setpriv"));
      if (!basename(path).startsWith("busybox")) return path;
    } catch {
      // not in this folder
    }
  }
  return null;
}
