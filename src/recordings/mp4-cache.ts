import { createHash } from "node:crypto";
import { mkdir, open, readdir, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { makeMp4 } from "./mp4.ts";
import type { FlvBytes } from "./mp4-source.ts";

const GIGABYTE = 1024 ** 3;
/** A disk that takes longer to write an hour of video is not there. */
const TIMEOUT_MS = 300_000;
/** Less than a connection may be silent. */
const WAIT_MS = 20_000;
const MAX_JOBS = 8;
/** A file in the making that nobody has finished since then: its process was killed. */
const ABANDONED_MS = 3_600_000;

/** A file that can be read until it is closed, whatever becomes of it in the cache. */
export interface Mp4File {
  readonly sizeBytes: number;
  readonly modifiedMs: number;
  /** Up to `length` bytes from `start` on. */
  readonly read: (start: number, length: number) => Promise<Uint8Array>;
  readonly close: () => Promise<void>;
}

/** What an MP4 file is made of. */
export interface Mp4Input {
  /** Two of the same are the same file. */
  readonly key: string;
  readonly flv: () => FlvBytes;
}

export interface Mp4CacheOptions {
  /** Other processes may share it. */
  readonly folder: string;
  /** @throws UserError where there is none */
  readonly ffmpegPath: () => Promise<string>;
  /** Of all files. */
  readonly maxBytes?: number;
  readonly waitMs?: number;
  readonly make?: typeof makeMp4;
}

/** It is being made, or is about to be, and it takes longer than anybody should wait. */
export class NotMadeYet extends Error {
  override readonly name = "NotMadeYet";
}

interface Job {
  readonly made: Promise<void>;
  readonly abort: AbortController;
  /** Who may come back for it; a job that nobody wants is given up. */
  wanted: number;
}

/** MP4 files, each made of FLV when it is first asked for, one at a time; the oldest go where they are too many. */
export class Mp4Cache {
  readonly #options: Mp4CacheOptions;
  readonly #jobs = new Map<string, Job>();
  #turn: Promise<void> = Promise.resolve();

  constructor(options: Mp4CacheOptions) {
    this.#options = options;
  }

  /** Of FLV that can be made a file: beside it, others must have room. */
  get maxSourceBytes(): number {
    return this.#maxBytes / 2;
  }

  async find({ key }: Pick<Mp4Input, "key">): Promise<Mp4File | null> {
    return await openFile(this.#pathOf(key));
  }

  /**
   * The file, made if it is not there.
   * @param left who asks does not want it any more
   * @throws NotMadeYet, UserError where ffmpeg cannot, AbortError by the signal, and what `flv` throws
   */
  async open(source: Mp4Input, left: AbortSignal): Promise<Mp4File> {
    const found = await this.find(source);
    if (found !== null) return found;
    left.throwIfAborted();
    await this.#made(source, left);
    const made = await this.find(source);
    if (made === null) throw new NotMadeYet("it was removed at once");
    return made;
  }

  async close(): Promise<void> {
    for (const { abort } of this.#jobs.values()) abort.abort();
    await this.#turn;
  }

  get #maxBytes(): number {
    return this.#options.maxBytes ?? 2 * GIGABYTE;
  }

  #pathOf(key: string): string {
    return join(this.#options.folder, `${createHash("sha256").update(key).digest("hex").slice(0, 32)}.mp4`);
  }

  async #made(source: Mp4Input, left: AbortSignal): Promise<void> {
    const known = this.#jobs.get(source.key);
    if (known === undefined && this.#jobs.size >= MAX_JOBS) throw new NotMadeYet("others are made before it");
    const job = known ?? this.#begin(source);
    job.wanted += 1;
    const giveUp = () => {
      job.wanted -= 1;
      if (job.wanted > 0) return;
      job.abort.abort();
      this.#forget(source.key, job);
    };
    left.addEventListener("abort", giveUp, { once: true });
    try {
      await inTime(job.made, left, this.#options.waitMs ?? WAIT_MS);
    } finally {
      left.removeEventListener("abort", giveUp);
    }
  }

  #begin({ key, flv }: Mp4Input): Job {
    const abort = new AbortController();
    const made = this.#turn.then(() => this.#make(key, flv, abort.signal));
    const job: Job = { made, abort, wanted: 0 };
    this.#jobs.set(key, job);
    this.#turn = made.catch(() => undefined).then(() => this.#forget(key, job)); // who waits hears why
    return job;
  }

  #forget(key: string, job: Job): void {
    if (this.#jobs.get(key) === job) this.#jobs.delete(key);
  }

  async #make(key: string, flv: () => FlvBytes, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    const { folder, ffmpegPath, make = makeMp4 } = this.#options;
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await make(flv(), {
      ...{ file: this.#pathOf(key), ffmpegPath: await ffmpegPath(), signal },
      ...{ maxBytes: this.maxSourceBytes, timeoutMs: TIMEOUT_MS, disk: { move: rename, remove: rm } },
    });
    await removeOldest(folder, this.#maxBytes);
  }
}

/**
 * Rejects as the promise does, when nobody waits any more, and after a while. The signals are not joined by
 * `AbortSignal.any`: Node 20 collects one that only listeners know, and then it never aborts.
 */
async function inTime(made: Promise<void>, left: AbortSignal, waitMs: number): Promise<void> {
  left.throwIfAborted();
  const ended = new AbortController();
  const isOver = new Promise<never>((_resolve, reject) => {
    const timer = setTimeout(() => reject(new NotMadeYet("it takes longer")), waitMs);
    left.addEventListener("abort", () => reject(left.reason), { signal: ended.signal });
    ended.signal.addEventListener("abort", () => clearTimeout(timer));
  });
  try {
    await Promise.race([made, isOver]);
  } finally {
    ended.abort();
  }
}

async function openFile(path: string): Promise<Mp4File | null> {
  const handle = await open(path).catch(() => null);
  if (handle === null) return null;
  const { size, mtimeMs } = await handle.stat();
  return {
    sizeBytes: size,
    modifiedMs: mtimeMs,
    read: async (start, length) => {
      const { buffer, bytesRead } = await handle.read(Buffer.allocUnsafe(length), 0, length, start);
      return buffer.subarray(0, bytesRead);
    },
    close: async () => await handle.close(),
  };
}

/** Until the rest is small enough. What another process removes meanwhile is gone all the same. */
async function removeOldest(folder: string, maxBytes: number): Promise<void> {
  const names = (await readdir(folder)).filter((name) => /\.mp4(?:\.\w+\.part)?$/.test(name));
  const found = await Promise.all(
    names.map(async (name) => {
      const path = join(folder, name);
      const stats = await stat(path).catch(() => null);
      return { path, bytes: stats?.size ?? 0, modifiedMs: stats?.mtimeMs ?? 0 };
    }),
  );
  let keptBytes = 0;
  for (const { path, bytes, modifiedMs } of found.toSorted((a, b) => b.modifiedMs - a.modifiedMs)) {
    keptBytes += bytes;
    const isAbandoned = path.endsWith(".part") && Date.now() - modifiedMs > ABANDONED_MS;
    const isInWork = path.endsWith(".part") && !isAbandoned;
    if (isAbandoned || (!isInWork && keptBytes > maxBytes)) await rm(path, { force: true });
  }
}
