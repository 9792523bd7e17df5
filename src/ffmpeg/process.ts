import { type ChildProcess, spawn } from "node:child_process";
import { realpathSync } from "node:fs";
import { basename, delimiter, join } from "node:path";
import type { Readable, Writable } from "node:stream";
import { LoopbackOutputs } from "./loopback-outputs.ts";
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
  /** An output that comes through a pipe: `outputs` gets its data. */
  readonly onPipe?: (pipe: number, stream: Readable) => void;
  /** An output has come to its end: the process goes on with its others, or is about to end. */
  readonly onOutputEnd?: (pipe: number) => void;
  readonly onStderrLine: (line: string) => void;
  /** Lines that ffmpeg marks as information, where it was asked to (`-loglevel level+info`). */
  readonly onInfoLine?: (line: string) => void;
  readonly redact: (text: string) => string;
  /** How the outputs come: through inherited pipes, or where those do not reach it (Windows), over loopback TCP. */
  readonly through?: "pipes" | "loopback";
  /** Gets the process's stdin to write to, as soon as it is started; without it stdin is empty. */
  readonly stdin?: ((stdin: Writable) => void) | undefined;
}

const TERM_GRACE_MS = 2000;
/** A process that hangs in a driver does not even heed SIGKILL: after this it is left to the system. */
const BURIAL_MS = 1000;

/** One child process from birth to death. Its stderr is always drained: unread, ffmpeg stops dead after 64 KB. */
export class FfmpegProcess {
  readonly exited: Promise<Exit>;
  /** null before its outputs are listened for, and where it could not be started. */
  #child: ChildProcess | null = null;
  #loopback: LoopbackOutputs | null = null;
  #startError: Error | null = null;
  /** What is done next about a process that is to end. */
  #ending: NodeJS.Timeout | null = null;
  /** Once its exit was seen, its number may be another's; it is over when its pipes are closed, too. */
  #state: "running" | "exited" | "over" = "running";
  readonly #end: (code: number | null, signal: NodeJS.Signals | null) => void;

  constructor(options: ProcessOptions) {
    const tail = new StderrTail(options.redact, options.onStderrLine, options.onInfoLine);
    let resolve!: (exit: Exit) => void;
    this.exited = new Promise((settle) => (resolve = settle));
    this.#end = (code, signal) => {
      if (this.#state === "over") return;
      this.#state = "over";
      if (this.#ending !== null) clearTimeout(this.#ending);
      this.#loopback?.close();
      tail.end();
      resolve({ code, signal, stderr: tail.lines, lastLines: tail.counted, error: this.#startError });
    };
    if (options.through === "loopback")
      void this.#startOverLoopback(options, tail); // it never rejects
    else this.#start(options, tail);
  }

  async #startOverLoopback(options: ProcessOptions, tail: StderrTail): Promise<void> {
    try {
      const onEnd = (pipe: number) => options.onOutputEnd?.(pipe);
      const loopback = await LoopbackOutputs.open(options.outputs, onEnd);
      if (this.#ending !== null) {
        loopback.close();
        return this.#end(null, "SIGTERM");
      }
      this.#loopback = loopback;
      this.#start({ ...options, args: loopback.argumentsFor(options.args), outputs: new Map() }, tail);
    } catch (error) {
      this.#startError = error instanceof Error ? error : new Error(String(error));
      this.#end(null, null);
    }
  }

  #start(options: ProcessOptions, tail: StderrTail): void {
    const [command, ...args] = dyingWithParent([options.path, ...options.args]);
    const highestPipe = Math.max(2, ...options.outputs.keys());
    const child = spawn(command, args, {
      stdio: Array.from({ length: highestPipe + 1 }, (_, fd) =>
        fd === 2 || options.outputs.has(fd) || (fd === 0 && options.stdin) ? "pipe" : "ignore",
      ),
      // In a process group of its own, Ctrl-C in a terminal reaches us alone, and we end it in order.
      detached: process.platform !== "win32",
      windowsHide: true, // else it opens a console of its own
    });
    this.#child = child;
    child.stderr?.setEncoding("utf8").on("data", (text: string) => tail.push(text));
    for (const [fd, onChunk] of options.outputs) {
      const output = child.stdio[fd] as Readable; // "pipe" makes a readable stream of every fd above 0
      output.on("data", onChunk);
      output.once("end", () => options.onOutputEnd?.(fd));
      options.onPipe?.(fd, output);
    }
    // One that exits early reports why on stderr.
    if (options.stdin && child.stdin) options.stdin(child.stdin.on("error", () => undefined));
    child.once("error", ({ message, code }: NodeJS.ErrnoException) => {
      // Node's own has the arguments, a camera's password among them.
      this.#startError = Object.assign(new Error(message), { code });
      if (child.pid === undefined) this.#end(null, null);
    });
    child.once("exit", () => {
      this.#signal("SIGKILL"); // to what it has left behind
      if (this.#state === "running") this.#state = "exited";
    });
    child.once("close", (code, signal) => {
      if (this.#loopback === null) this.#end(code, signal);
      else void this.#loopback.drained(BURIAL_MS).then(() => this.#end(code, signal));
    });
  }

  get pid(): number | null {
    return this.#child?.pid ?? null;
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

  /** How it ended; null where it had to be killed, late or by the signal. (Node 20 loses a combined `AbortSignal` as garbage.) */
  async endsWithin(timeoutMs: number, signal?: AbortSignal): Promise<Exit | null> {
    let isKilled = false;
    const kill = () => {
      isKilled = true;
      this.kill();
    };
    const timer = setTimeout(kill, timeoutMs);
    if (signal?.aborted) kill();
    signal?.addEventListener("abort", kill, { once: true });
    const exit = await this.exited;
    signal?.removeEventListener("abort", kill);
    clearTimeout(timer);
    return isKilled ? null : exit;
  }

  #abandon(): void {
    if (this.#state !== "over") for (const pipe of this.#child?.stdio ?? []) pipe?.destroy();
    this.#end(this.#child?.exitCode ?? null, this.#child?.signalCode ?? null);
  }

  /** To the whole group: an ffmpeg may be a script, and what it has started would keep our pipes open. */
  #signal(name: NodeJS.Signals): void {
    const pid = this.#child?.pid;
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
