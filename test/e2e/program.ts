import { type ChildProcessByStdio, spawn } from "node:child_process";
import type { Readable, Writable } from "node:stream";
import { cacheFolder } from "../cache-folder.ts";
import { flvcastProgram } from "../start-flvcast.ts";
import { freshStateFolder } from "../state-folder.ts";

export interface ProgramOptions {
  /** Added to this process's environment; what is undefined is taken out of it. */
  readonly env?: NodeJS.ProcessEnv;
  /** What the command is run by, as `["setpriv", …]`; default: node alone. */
  readonly runBy?: readonly string[];
  /** What it has as descriptor 3. */
  readonly passedFd?: number;
  /** A stream that lasts longer hangs, and is killed. */
  readonly patienceMs?: number;
}

/** How a program ended, and all that it wrote. */
export interface End {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Most streams of these tests last less than this, also beside as much work as makes all ten times as slow. */
const PATIENCE_MS = 150_000;

const running = new Set<Program>();

/** One run of flvcast, watched from outside. */
export class Program {
  readonly ended: Promise<End>;
  readonly #child: ChildProcessByStdio<Writable, Readable, Readable>;
  #stdout = "";
  #stderr = "";
  #wake: () => void = () => undefined;

  constructor(
    args: readonly string[],
    { env = {}, runBy = [], passedFd, patienceMs = PATIENCE_MS }: ProgramOptions = {},
  ) {
    const [command = process.execPath, ...rest] = [...runBy, process.execPath, flvcastProgram, ...args];
    this.#child = spawn(command, rest, {
      stdio: ["pipe", "pipe", "pipe", passedFd ?? "ignore"],
      env: {
        ...process.env,
        CACHE_DIRECTORY: cacheFolder,
        RUNTIME_DIRECTORY: freshStateFolder(),
        STATE_DIRECTORY: freshStateFolder(),
        ...env,
      },
    }) as ChildProcessByStdio<Writable, Readable, Readable>; // its first three are pipes, whatever follows
    running.add(this);
    this.#child.stdin.on("error", () => undefined); // it may end before it has read all
    this.#child.stdout.setEncoding("utf8").on("data", (text: string) => {
      this.#stdout += text;
      this.#wake();
    });
    this.#child.stderr.setEncoding("utf8").on("data", (text: string) => (this.#stderr += text));
    const patience = setTimeout(() => this.signal("SIGKILL"), patienceMs);
    this.ended = new Promise((resolve, reject) => {
      this.#child.once("error", reject);
      this.#child.once("close", (exitCode, signal) => {
        clearTimeout(patience);
        running.delete(this);
        resolve({ exitCode, signal, stdout: this.#stdout, stderr: this.#stderr });
        this.#wake();
      });
    });
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  get stdin(): Writable {
    return this.#child.stdin;
  }

  get stdout(): string {
    return this.#stdout;
  }

  get stderr(): string {
    return this.#stderr;
  }

  /** The first line of its stdout, as soon as it is there. */
  async firstLine(): Promise<string> {
    const isOver = this.ended.then(() => true);
    while (!this.#stdout.includes("\n")) {
      const woken = new Promise<boolean>((resolve) => (this.#wake = () => resolve(false)));
      if ((await Promise.race([woken, isOver])) && !this.#stdout.includes("\n")) {
        const { exitCode, signal } = await this.ended;
        throw new Error(`flvcast printed nothing: ended with ${exitCode ?? signal}\n${this.#stderr}`);
      }
    }
    return this.#stdout.slice(0, this.#stdout.indexOf("\n"));
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** SIGTERM, and how it ended. */
  async stop(): Promise<End> {
    this.signal("SIGTERM");
    return await this.ended;
  }

  /** SIGTERM to a stream that has nothing to complain of. @throws when it has */
  async stopInOrder(): Promise<void> {
    const { exitCode, signal, stderr } = await this.stop();
    if (exitCode !== 0 || stderr !== "")
      throw new Error(`flvcast ended with ${exitCode ?? signal}\n${stderr}`);
  }
}

/** What takes the picture as it comes, or says itself how it is encoded. */
const leavesEncoderAlone = ["--copy", "--encoder", "-", "rtmp", "door=rtmp"];

/** `flvcast start …`, on a free port where none is given, and with x264 where nothing else is said. */
export function start(args: readonly string[], options?: ProgramOptions): Program {
  const encoder = args.some((text) => leavesEncoderAlone.includes(text)) ? [] : ["--encoder", "libx264"];
  const port = args.some((text) => text.startsWith("--port")) ? [] : ["--port", "0"];
  return new Program(["start", ...port, ...encoder, ...args], options);
}

/** Stops what a failed test has left running. */
export async function stopAll(): Promise<void> {
  for (const program of running) program.signal("SIGKILL");
  await Promise.all([...running].map((program) => program.ended));
}
