import { type ChildProcess, spawn } from "node:child_process";
import type { Socket } from "node:net";
import { packageFile } from "../package-file.ts";
import { DiskError, diskError } from "./disk.ts";
import {
  type DiskAnswer,
  type DiskRequest,
  encodeObject,
  encodeTags,
  type FoundFile,
  MessageReader,
  type Tags,
} from "./disk-protocol.ts";

/** What the process says of a segment without being asked. */
export type OnSegmentFailed = (error: DiskError, finished: FoundFile | null) => void;

export interface DiskChildOptions {
  /** JavaScript that is the disk process. */
  readonly program?: string;
  /** Without an answer for so long, it is killed. */
  readonly timeoutMs?: number;
}

interface Answered {
  readonly value: unknown;
  readonly data: Uint8Array;
}

interface Pending {
  readonly resolve: (answered: Answered) => void;
  readonly reject: (error: DiskError) => void;
}

const TIMEOUT_MS = 10_000;
const MAX_PENDING = 256;
/** Of what is sent, so much may wait in our memory before senders wait, too. */
const MAX_BACKLOG_BYTES = 1024 * 1024;
/** How long it may take to end in order. */
const END_GRACE_MS = 2000;
/** It keeps little: a small heap, and no threads that would wait for work. */
const NODE_FLAGS = [
  ...["--max-old-space-size=64", "--max-semi-space-size=1", "--v8-pool-size=0"],
  "--always-sparkplug", // 30 frames a second are too few to be compiled otherwise: a sixth of its CPU
];

/** A running disk process, and what it has been asked. It never keeps ours from ending. */
export class DiskChild {
  readonly #process: ChildProcess;
  readonly #input: Socket;
  readonly #output: Socket;
  readonly #reader = new MessageReader({
    onObject: (answer, data) => this.#hear(answer as DiskAnswer, data), // the process is of this version
    onTags: () => undefined,
  });
  readonly #pending = new Map<number, Pending>();
  readonly #segments = new Map<number, OnSegmentFailed>();
  readonly #timeoutMs: number;
  #lastId = 0;
  /** When it last answered, or took something; or when it was first asked after that. */
  #heardMs = 0;
  #watch: NodeJS.Timeout | null = null;
  /** Senders that wait until it has taken what was sent. */
  #senders: (() => void)[] = [];
  #end: DiskError | null = null;
  readonly ended: Promise<void>;

  constructor({ program = packageFile("dist/disk-process.cjs"), timeoutMs = TIMEOUT_MS }: DiskChildOptions) {
    this.#timeoutMs = timeoutMs;
    const { NODE_OPTIONS: _, ...env } = process.env;
    this.#process = spawn(process.execPath, [...NODE_FLAGS, program], {
      ...{ stdio: ["pipe", "pipe", "inherit"], env, cwd: "/", windowsHide: true },
    });
    const { stdin, stdout } = this.#process as Partial<ChildProcess>; // none where there are too many open files
    if (stdin == null || stdout == null) {
      this.#process.once("error", () => undefined);
      throw diskError({ code: "EMFILE", path: null });
    }
    // Of a child process, they are sockets.
    this.#input = stdin as Socket;
    this.#output = stdout as Socket;
    this.ended = new Promise((resolve) => {
      this.#process.once("error", (error) =>
        this.#onEnd(diskError({ code: (error as NodeJS.ErrnoException).code ?? "EIO", path: null }), resolve),
      );
      this.#process.once("exit", () =>
        this.#onEnd(new DiskError("EPIPE", "the disk process has ended"), resolve),
      );
    });
    this.#input.on("error", () => undefined); // it has ended, which is heard of
    this.#input.on("drain", () => this.#wakeSenders());
    this.#output.on("error", () => undefined);
    this.#output.on("data", (chunk) => this.#reader.push(chunk));
    this.#input.unref();
    this.#letGo();
  }

  /** Why it is of no more use; null while it is. */
  get end(): DiskError | null {
    return this.#end;
  }

  get pid(): number | undefined {
    return this.#process.pid;
  }

  async ask(request: DiskRequest): Promise<Answered> {
    if (this.#end !== null) throw this.#end;
    if (this.#pending.size >= MAX_PENDING)
      throw new DiskError("EBUSY", "too many requests wait for the disk");
    this.#lastId += 1;
    const id = this.#lastId;
    return await new Promise((resolve, reject) => {
      this.#send(encodeObject({ id, ...request }));
      this.#pending.set(id, { resolve, reject });
      if (this.#pending.size === 1) this.#hold();
    });
  }

  /** Tags for a segment; resolves when more may be sent. */
  append(tags: Tags, bytes: readonly Uint8Array[]): void | Promise<void> {
    if (this.#end !== null) return;
    this.#send(encodeTags(tags, bytes));
    if (this.#input.writableLength > MAX_BACKLOG_BYTES)
      return new Promise((resolve) => this.#senders.push(resolve));
  }

  onSegmentFailed(segment: number, hear: OnSegmentFailed): void {
    this.#segments.set(segment, hear);
  }

  forgetSegment(segment: number): void {
    this.#segments.delete(segment);
  }

  /** Lets it finish what it has. If that takes long, it is killed, and not waited for: a disk may keep it even then. */
  async close(): Promise<void> {
    this.#input.end();
    this.#hold();
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, END_GRACE_MS)));
    await Promise.race([this.ended, late]);
    clearTimeout(timer);
    if (this.#end === null) this.kill();
    this.#letGo();
  }

  kill(error = new DiskError("ETIMEDOUT", "the disk does not answer")): void {
    this.#end ??= error;
    this.#process.kill("SIGKILL");
    this.#failAll(error);
  }

  /** Somebody waits for an answer, which comes within its time: our process does not end before. */
  #hold(): void {
    this.#process.ref();
    this.#output.ref();
  }

  #letGo(): void {
    this.#process.unref();
    this.#output.unref();
  }

  #send(message: Uint8Array): void {
    if (!this.#isOwed) this.#heardMs = performance.now(); // or nothing was to be heard
    this.#input.write(message, this.#onTaken);
    this.#watch ??= this.#watchIn(this.#timeoutMs);
  }

  #wakeSenders(): void {
    const senders = this.#senders;
    this.#senders = [];
    for (const wake of senders) wake();
  }

  #hear(answer: DiskAnswer, data: Uint8Array): void {
    this.#heardMs = performance.now();
    if ("segment" in answer) this.#tell(answer.segment, diskError(answer.trouble), answer.finished);
    else this.#settle(answer, data);
  }

  #settle(answer: Exclude<DiskAnswer, { readonly segment: number }>, data: Uint8Array): void {
    const pending = this.#pending.get(answer.id);
    this.#pending.delete(answer.id);
    if (this.#pending.size === 0) this.#letGo();
    if ("trouble" in answer) pending?.reject(diskError(answer.trouble));
    else pending?.resolve({ value: answer.value, data: data.length === 0 ? data : data.slice() });
  }

  #tell(segment: number, error: DiskError, finished: FoundFile | null): void {
    const hear = this.#segments.get(segment);
    this.#segments.delete(segment);
    hear?.(error, finished);
  }

  readonly #onTaken = () => {
    this.#heardMs = performance.now();
  };

  get #isOwed(): boolean {
    return this.#pending.size > 0 || this.#input.writableLength > 0;
  }

  #watchIn(ms: number): NodeJS.Timeout {
    // What has come while we were held up is read first.
    return setTimeout(() => setImmediate(() => this.#look()), ms).unref();
  }

  /** One timer, whatever was sent since: it is set again while something is owed. */
  #look(): void {
    this.#watch = null;
    if (!this.#isOwed || this.#end !== null) return;
    const silentMs = performance.now() - this.#heardMs;
    if (silentMs >= this.#timeoutMs - 1) this.kill();
    else this.#watch = this.#watchIn(this.#timeoutMs - silentMs);
  }

  #onEnd(error: DiskError, resolve: () => void): void {
    this.#end ??= error;
    if (this.#watch !== null) clearTimeout(this.#watch);
    this.#failAll(this.#end);
    this.#input.destroy();
    this.#output.destroy();
    resolve();
  }

  /** Nobody waits for it any more. Killed, it may still hang in the disk, and that it has ended is not heard of. */
  #failAll(error: DiskError): void {
    this.#wakeSenders();
    const pending = [...this.#pending.values()];
    this.#pending.clear();
    this.#letGo();
    for (const { reject } of pending) reject(error);
    for (const segment of [...this.#segments.keys()]) this.#tell(segment, error, null);
  }
}
