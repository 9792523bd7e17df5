import { readSync } from "node:fs";
import type { Readable } from "node:stream";
import { MAX_SOUND_WAIT_MS, SteadyVideo } from "./steady-video.ts";

/** Of one pipe at once: more than sound has in a frame's time. */
const PIECE_BYTES = 65_536;

/** What holds back what is written to it until it is uncorked. */
export interface Corkable {
  cork(): void;
  uncork(): void;
}

/**
 * Coalesces the reads of a stream's sound with those of its video: while video comes steadily, sound wakes nobody; what has
 * come of it is read when video has woken us, and goes out with it. Sound is read by itself where there is no video, where
 * video is slow or irregular, and once it has ended.
 *
 * It takes what node has inside a pipe, its descriptor and `readStop`; where they are missing, sound is read by itself.
 */
export class ReadCoalescer {
  readonly #output: Corkable;
  readonly #followers = new Set<Follower>();
  #scratch: Buffer | null = null;
  readonly #video = new SteadyVideo();
  /** Has sound read when a frame is late. Each frame moves it: node wakes up for all timers of one duration together. */
  #patience: NodeJS.Timeout | null = null;

  constructor(output: Corkable) {
    this.#output = output;
  }

  /**
   * Has a pipe wait for video, whose "data" goes to `onChunk` already.
   * @param mayWait asked at each read: false while it matters when exactly sound comes
   */
  follow(pipe: Readable, onChunk: (chunk: Uint8Array) => void, mayWait: () => boolean): void {
    const handle = handleOf(pipe);
    if (handle === null) return;
    const follower = new Follower(pipe, handle, onChunk, mayWait);
    this.#followers.add(follower);
    pipe.once("close", () => this.#followers.delete(follower));
  }

  /** Video has woken us: `read` takes it. What it and the sound complete goes out as one. */
  lead(read: () => void): void {
    this.#output.cork();
    try {
      read();
      this.#see(performance.now());
      this.#scratch ??= Buffer.allocUnsafeSlow(PIECE_BYTES);
      for (const follower of this.#followers) follower.read(this.#scratch);
    } finally {
      this.#output.uncork();
    }
  }

  /** Sound is read by itself from now on, until video has come steadily again. */
  release(): void {
    this.#video.wasLate();
    this.#letGo();
  }

  #letGo(): void {
    for (const follower of this.#followers) follower.release();
  }

  #see(nowMs: number): void {
    if (!this.#video.saw(nowMs)) return this.#letGo();
    if (this.#followers.size === 0) return;
    for (const follower of this.#followers) follower.hold();
    if (this.#patience === null) this.#patience = setTimeout(() => this.release(), MAX_SOUND_WAIT_MS).unref();
    else this.#patience.refresh();
  }
}

/** A pipe of sound, read by node itself or, while it is held, with `read`. */
class Follower {
  readonly #pipe: Readable;
  readonly #handle: PipeHandle;
  readonly #onChunk: (chunk: Uint8Array) => void;
  readonly #mayWait: () => boolean;
  #isHeld = false;

  constructor(
    pipe: Readable,
    handle: PipeHandle,
    onChunk: (chunk: Uint8Array) => void,
    mayWait: () => boolean,
  ) {
    this.#pipe = pipe;
    this.#handle = handle;
    this.#onChunk = onChunk;
    this.#mayWait = mayWait;
  }

  hold(): void {
    if (!this.#mayWait()) return this.release();
    if (this.#isHeld || this.#pipe.destroyed) return;
    this.#isHeld = this.#handle.readStop() === 0;
  }

  release(): void {
    if (!this.#isHeld) return;
    this.#isHeld = false;
    if (!this.#pipe.destroyed) this.#handle.readStart();
  }

  /** Takes what has come. Its end, and whatever fails, is left to node. */
  read(scratch: Buffer): void {
    if (!this.#isHeld || this.#pipe.destroyed) return;
    const bytes = readNow(this.#handle.fd, scratch);
    if (bytes === null) return;
    if (bytes > 0) this.#onChunk(Buffer.from(scratch.subarray(0, bytes)));
    if (bytes === 0 || bytes === scratch.length) this.release();
  }
}

/** Null where nothing has come; 0 where there is nothing to come, or it cannot be read. */
function readNow(descriptor: number, into: Buffer): number | null {
  try {
    return readSync(descriptor, into, 0, into.length, null);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EAGAIN" ? null : 0;
  }
}

/** Node's own, undocumented: `Pipe` in lib/internal/child_process.js. */
interface PipeHandle {
  readonly fd: number;
  readStart(): number;
  readStop(): number;
}

function handleOf(pipe: Readable): PipeHandle | null {
  const handle: unknown = Reflect.get(pipe, "_handle");
  return isPipeHandle(handle) ? handle : null;
}

/** On Windows a pipe has no descriptor. */
function isPipeHandle(handle: unknown): handle is PipeHandle {
  if (typeof handle !== "object" || handle === null) return false;
  const { fd, readStart, readStop } = handle as Partial<PipeHandle>; // unknown, and checked here
  return (
    typeof fd === "number" && fd > 2 && typeof readStart === "function" && typeof readStop === "function"
  );
}
