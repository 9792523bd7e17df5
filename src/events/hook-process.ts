import type { ChildProcess } from "node:child_process";
import type { Readable } from "node:stream";
import { redact } from "../devices/redact.ts";
import type { Delivery, Trouble } from "./delivery.ts";

export interface HookProcessOptions extends Pick<Delivery, "signal" | "onLine"> {
  /** What it gets on its stdin. */
  readonly input: string;
  readonly timeoutMs: number;
}

const TERM_GRACE_MS = 2000;
/** A process that hangs in a driver does not even heed SIGKILL. */
const BURIAL_MS = 1000;
/** What it has left behind in the background may keep its pipes open for as long as it likes. */
const LAST_WORDS_MS = 200;

/** A program that was started for an event, until it ends or has to. */
export class HookProcess {
  /** null when it has ended with 0. */
  readonly ended: Promise<Trouble | null>;
  readonly #child: ChildProcess;
  readonly #timers: NodeJS.Timeout[] = [];
  readonly #done: () => void;
  /** Why it has to end. */
  #cutOff: Trouble | null = null;
  #hasExited = false;
  /** Of its stderr. */
  #lastLine: string | null = null;

  constructor(child: ChildProcess, { input, timeoutMs, signal, onLine }: HookProcessOptions) {
    this.#child = child;
    let done!: () => void;
    const over = new Promise<void>((resolve) => (done = resolve));
    this.#done = done;
    this.#read(child.stdout, onLine);
    this.#read(child.stderr, (line) => {
      this.#lastLine = line;
      onLine(line);
    });
    child.stdin?.on("error", () => undefined).end(input); // a program need not read it
    child.on("error", () => undefined); // how it ended is all that counts
    child.once("exit", () => this.#onExit());
    child.once("close", done);
    this.#after(timeoutMs, () => this.#end(`was stopped: it ran for more than ${timeoutMs / 1000} s`));
    const onAbort = () => {
      if (signal.reason === "now") this.#signal("SIGKILL");
      else this.#end("was stopped: it was still running at the end");
    };
    signal.addEventListener("abort", onAbort, { once: true });
    if (signal.aborted) onAbort();
    this.ended = over.then(() => {
      signal.removeEventListener("abort", onAbort);
      for (const timer of this.#timers) clearTimeout(timer);
      for (const pipe of child.stdio) pipe?.destroy();
      return this.#cutOff ?? this.#exitTrouble();
    });
  }

  #read(output: Readable | null, onLine: (line: string) => void): void {
    const lines = new LineReader((line) => onLine(redact(line)));
    output?.setEncoding("utf8").on("data", (text: string) => lines.push(text));
    output?.once("end", () => lines.end());
  }

  #onExit(): void {
    if (this.#cutOff !== null) this.#signal("SIGKILL"); // to what it has left behind
    this.#hasExited = true;
    this.#after(LAST_WORDS_MS, this.#done);
  }

  /** SIGTERM, two seconds, SIGKILL. */
  #end(why: string): void {
    if (this.#cutOff !== null || this.#hasExited) return;
    this.#cutOff = { kind: why, detail: null };
    this.#signal("SIGTERM");
    this.#after(TERM_GRACE_MS, () => {
      this.#signal("SIGKILL");
      this.#after(BURIAL_MS, this.#done);
    });
  }

  /** To the whole group: what a script has started would run on without it. */
  #signal(name: NodeJS.Signals): void {
    const { pid } = this.#child;
    if (pid === undefined || this.#hasExited) return;
    try {
      process.kill(process.platform === "win32" ? pid : -pid, name);
    } catch {
      // it has gone
    }
  }

  #exitTrouble(): Trouble | null {
    const { exitCode, signalCode } = this.#child;
    if (exitCode === 0) return null;
    const kind = signalCode === null ? `exited with code ${exitCode}` : `was ended by ${signalCode}`;
    return { kind, detail: this.#lastLine };
  }

  #after(ms: number, then: () => void): void {
    this.#timers.push(setTimeout(then, ms));
  }
}

/** More is a program that should write into a file. */
const MAX_LINES = 100;
const MAX_LINE_LENGTH = 1000;

/** The lines of a program's output as they come, as many and as much of each as fits a log. */
class LineReader {
  readonly #onLine: (line: string) => void;
  #open = "";
  #lines = 0;

  constructor(onLine: (line: string) => void) {
    this.#onLine = onLine;
  }

  push(text: string): void {
    const parts = (this.#open + text).split(/[\r\n]+/);
    this.#open = (parts.pop() ?? "").slice(0, MAX_LINE_LENGTH);
    for (const part of parts) this.#hear(part);
  }

  end(): void {
    this.#hear(this.#open);
    this.#open = "";
  }

  #hear(part: string): void {
    const line = part.trim().slice(0, MAX_LINE_LENGTH);
    if (line === "" || this.#lines === MAX_LINES) return;
    this.#lines += 1;
    this.#onLine(line);
  }
}
