import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { closeSync, constants, openSync, readSync, rmSync, writeSync } from "node:fs";
import type { Readable } from "node:stream";
import { childrenOf, until } from "../e2e/processes.ts";

/** Where a program's stdout and stderr go. Who reads there may stop, and go on. */
export interface Outlet {
  readonly kind: string;
  /** Resolves to the program's pid. */
  run(command: readonly string[], options: RunOptions): Promise<number>;
  stop(): void;
  goOn(): void;
  /** What was read last. */
  readonly lastText: string;
  /** How the program ended, where it has. */
  readonly ending: string;
  /** Ends what belongs to the outlet itself. */
  close(): void;
}

export interface RunOptions {
  readonly env: NodeJS.ProcessEnv;
  /** What the program reads; nothing where it is left out. */
  readonly stdin?: Readable;
}

const KEPT_CHARACTERS = 4000;
/** A pipe takes as much at once, or nothing: pipe(7), PIPE_BUF. */
const PAGE_BYTES = 4096;
const READ_EVERY_MS = 50;
const [CTRL_S, CTRL_Q] = ["\x13", "\x11"];

/** A terminal, which Ctrl-S stops. */
export class Terminal implements Outlet {
  readonly kind = "a terminal";
  #script: ChildProcess | null = null;
  lastText = "";

  async run(command: readonly string[], { env }: RunOptions): Promise<number> {
    const line = `stty cols 100 rows 30; exec ${command.map((word) => `'${word}'`).join(" ")}`;
    const script = spawn("script", ["-qfec", line, "/dev/null"], { env, stdio: ["pipe", "pipe", "ignore"] });
    script.stdin.on("error", () => undefined); // it ends with the program
    this.#script = script;
    script.stdout
      .setEncoding("latin1")
      .on("data", (text: string) => (this.lastText = endOf(this.lastText + text)));
    await until("the terminal is there", () => childrenOf(script.pid ?? 0).length > 0);
    return childrenOf(script.pid ?? 0)[0] ?? 0;
  }

  get ending(): string {
    return endingOf(this.#script);
  }

  stop(): void {
    this.#script?.stdin?.write(CTRL_S);
  }

  goOn(): void {
    this.#script?.kill("SIGCONT"); // script stops with the program that it runs
    this.#script?.stdin?.write(CTRL_Q);
  }

  close(): void {
    this.#script?.kill("SIGKILL");
  }
}

/** A pipe, which is full as soon as nobody reads it. */
export class Pipe implements Outlet {
  readonly kind: string;
  lastText = "";
  readonly #path: string;
  readonly #reader: number;
  #reading: NodeJS.Timeout | null = null;
  #isClosed = false;
  #child: ChildProcess | null = null;

  /** @param state at the program's start: full, or closed once it has begun */
  constructor(path: string, state: "read" | "full" | "closed") {
    this.kind = state === "read" ? "a pipe" : `a ${state} pipe`;
    this.#path = path;
    rmSync(path, { force: true });
    execFileSync("mkfifo", [path]);
    this.#reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  }

  async run([program = "", ...args]: readonly string[], { env, stdin }: RunOptions): Promise<number> {
    const output = openSync(this.#path, "w");
    if (this.kind === "a full pipe") this.stop();
    else this.goOn();
    this.#child = spawn(program, args, { env, stdio: [stdin ?? "ignore", output, output] });
    closeSync(output);
    if (this.kind === "a closed pipe") this.#leave();
    return this.#child.pid ?? 0;
  }

  get ending(): string {
    return endingOf(this.#child);
  }

  stop(): void {
    if (this.#isClosed) return;
    this.#rest();
    const filler = openSync(this.#path, constants.O_WRONLY | constants.O_NONBLOCK);
    untilItWouldWait(() => writeSync(filler, Buffer.alloc(PAGE_BYTES, ".")));
    closeSync(filler);
  }

  goOn(): void {
    if (this.#isClosed) return;
    this.#rest();
    const bytes = Buffer.alloc(16 * PAGE_BYTES);
    this.#reading = setInterval(() => {
      untilItWouldWait(() => {
        const count = readSync(this.#reader, bytes);
        this.lastText = endOf(this.lastText + bytes.toString("latin1", 0, count));
        return count;
      });
    }, READ_EVERY_MS);
  }

  close(): void {
    this.#leave();
    this.#child?.kill("SIGKILL");
  }

  #rest(): void {
    if (this.#reading !== null) clearInterval(this.#reading);
    this.#reading = null;
  }

  #leave(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#rest();
    closeSync(this.#reader);
  }
}

/** Until there is no room, or nothing to read. */
function untilItWouldWait(transfer: () => number): void {
  try {
    while (transfer() > 0);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EAGAIN")) throw error;
  }
}

function endingOf(child: ChildProcess | null): string {
  return `exit ${child?.exitCode}, signal ${child?.signalCode}`;
}

const endOf = (text: string) => text.slice(-KEPT_CHARACTERS);
