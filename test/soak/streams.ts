import { readdirSync, readFileSync } from "node:fs";
import type { Readable } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";
import { cacheFolder } from "../cache-folder.ts";
import { isRunning, until } from "../e2e/processes.ts";
import { flvcastProgram } from "../start-flvcast.ts";
import { freshStateFolder } from "../state-folder.ts";
import type { Outlet } from "./outlets.ts";
import { OwnTime } from "./own-time.ts";
import { ask } from "./requests.ts";

/** What a stop takes at most: an ffmpeg that hangs is killed after two seconds. */
const STOP_MS = 3000;
/** Viewers have so long to take the end. */
const VIEWER_GRACE_MS = 3000;
/** The longest delay of a restart, and the longest that an input may be silent, with what a start takes. */
const HANG_MS = 60_000;
const RECOVERY_MS = 40_000;

/** A stream, as its visitors know it. */
export interface Target {
  readonly name: string;
  readonly url: string;
  /** It is on the air as long as anybody asks. */
  readonly isSteady: boolean;
  /** Where the command line finds it; null where it has no control socket. */
  readonly env: NodeJS.ProcessEnv | null;
  /** flvcast's, as it runs just now. */
  readonly pid: number;
  /** Visitors who don't take what is sent as fast as it comes. */
  slow: number;
}

export interface StartOptions {
  readonly outlet: Outlet;
  readonly stdin?: Readable;
}

export interface StreamOptions {
  readonly name: string;
  readonly port: number;
  readonly isSteady: boolean;
}

const resourcesModule = new URL("resources.js", import.meta.url).href;

/** A stream that faults befall. */
export interface Faulted extends Target {
  readonly outlet: Outlet | null;
}

/** How long a stop of the stream may take by now. */
export function stopMs({ slow }: Target): number {
  return STOP_MS + (slow > 0 ? VIEWER_GRACE_MS : 0);
}

/** Waits until a process has done something. @returns how long it took, in milliseconds. @throws when it hangs */
export async function takenBy(pid: number, what: string, isDone: () => boolean): Promise<number> {
  const time = new OwnTime(pid);
  for (; !isDone(); await delay(10))
    if (time.ms > HANG_MS) throw new Error(`${what} hung for ${HANG_MS / 1000} s`);
  return time.ms;
}

export async function isOnAir({ url }: Target): Promise<boolean> {
  return (await ask(new URL("/readyz", url).href).catch(() => null))?.status === 200;
}

export async function untilOnAir(stream: Faulted): Promise<void> {
  const { name, pid } = stream;
  const isReady = async () => {
    if (!isRunning(pid)) throw new Error(`${name} has ended by itself`);
    return await isOnAir(stream);
  };
  await until(`${name} is on the air`, isReady, RECOVERY_MS);
}

/** What a process needs to write what it holds. */
export function reporting(path: string): NodeJS.ProcessEnv {
  return { NODE_OPTIONS: `--import=${resourcesModule}`, SOAK_RESOURCES: path };
}

/** One process under test, and another of the same stream when it was stopped. */
export class StreamProcess implements Faulted {
  readonly name: string;
  readonly isSteady: boolean;
  readonly env: NodeJS.ProcessEnv;
  readonly resourcesPath: string;
  slow = 0;
  outlet: Outlet | null = null;
  pid = 0;
  readonly #port: number;
  readonly #mark: string;
  #isTls = false;

  constructor({ name, port, isSteady }: StreamOptions, folder: { file(name: string): string }) {
    this.name = name;
    this.isSteady = isSteady;
    this.#port = port;
    const state = freshStateFolder();
    this.#mark = `SOAK_STREAM=${state}`;
    this.resourcesPath = folder.file(`${name}.json`);
    this.env = {
      ...process.env,
      CACHE_DIRECTORY: cacheFolder,
      RUNTIME_DIRECTORY: state,
      STATE_DIRECTORY: state,
    };
  }

  get url(): string {
    return `${this.#isTls ? "https" : "http"}://127.0.0.1:${this.#port}/live/${this.name}.flv`;
  }

  /** @param args beside the name and the port */
  async start(args: readonly string[], { outlet, stdin }: StartOptions): Promise<void> {
    this.outlet = outlet;
    this.#isTls = args.includes("--tls-cert");
    const [variable = "", value = ""] = this.#mark.split("=");
    const env = { ...this.env, ...reporting(this.resourcesPath), [variable]: value };
    const where = ["start", "--name", this.name, "--port", `${this.#port}`];
    const command = [process.execPath, flvcastProgram, ...where, ...args];
    this.pid = await outlet.run(command, stdin === undefined ? { env } : { env, stdin });
  }

  /** Ends it, and looks what is left. @returns what it did. @throws when it took too long, or left something behind */
  async end(how: string, act: () => unknown): Promise<string> {
    const withinMs = stopMs(this);
    await act();
    const tookMs = await takenBy(this.pid, `${how} of ${this.name}`, () => !isRunning(this.pid));
    this.outlet?.close();
    await until(`nothing of ${this.name} is left`, () => this.#processes().length === 0, HANG_MS);
    if (tookMs > withinMs) throw new Error(`${how} took ${tookMs} ms, and not ${withinMs} at most`);
    return `${how} took ${tookMs} ms`;
  }

  /** What runs of it, ffmpeg included: whatever it has started has its environment. */
  #processes(): readonly number[] {
    return readdirSync("/proc")
      .filter((name) => /^\d+$/.test(name))
      .map(Number)
      .filter((pid) => this.#isOurs(pid));
  }

  #isOurs(pid: number): boolean {
    try {
      return (
        isRunning(pid) && readFileSync(`/proc/${pid}/environ`, "latin1").split("\0").includes(this.#mark)
      );
    } catch {
      return false; // it has gone
    }
  }
}
