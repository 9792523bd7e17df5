import { join, relative, sep } from "node:path";
import { type Disk, DiskError } from "./disk.ts";
import type { Segment, StreamRecordings } from "./segment.ts";
import { KEPT_FOLDER } from "./segment-path.ts";

/**
 * All segments of a stream, in the order of their time. One scan fills it, and what the writer tells; whoever asks never waits
 * for the disk.
 */
export class Catalog implements StreamRecordings {
  /** In which all of its files are. */
  readonly folder: string;
  readonly #disk: () => Disk;
  readonly #byId = new Map<string, Segment>();
  readonly #sorted: Segment[] = [];
  /** The same for others; null where it has changed since. */
  #listed: readonly Segment[] | null = null;
  #bytes = 0;
  /** In work, and to be kept when they are done. */
  readonly #toKeep = new Set<string>();
  #work: Promise<unknown> = Promise.resolve();

  constructor(folder: string, disk: () => Disk) {
    this.folder = folder;
    this.#disk = disk;
  }

  /** Of all of them. */
  get bytes(): number {
    return this.#bytes;
  }

  get size(): number {
    return this.#sorted.length;
  }

  list(): readonly Segment[] {
    this.#listed ??= [...this.#sorted];
    return this.#listed;
  }

  find(id: string): Segment | null {
    return this.#byId.get(id) ?? null;
  }

  /** What a scan has found: the writer knows better of what it has begun since. */
  addFound(found: readonly Segment[]): void {
    for (const segment of found) {
      if (this.#byId.has(segment.id)) continue; // the writer knows better, or it is a copy of a file found before
      this.#byId.set(segment.id, segment);
      this.#sorted.push(segment);
      this.#bytes += segment.bytes;
    }
    this.#sorted.sort(inOrder);
    this.#listed = null;
  }

  /** A segment has begun, has grown, or is done. */
  note(given: Segment): void {
    const isKept = given.isKept || this.#toKeep.has(given.id);
    this.#put({ ...given, isKept });
    if (given.state === "recording" || !this.#toKeep.delete(given.id)) return;
    // If it cannot be moved, it is kept until the process ends; the next scan finds it where it was.
    void this.#inTurn(async () => {
      const segment = this.find(given.id);
      if (segment?.isKept) await this.#move(segment, true);
    }).catch(() => undefined);
  }

  forget(id: string): void {
    this.#toKeep.delete(id);
    this.#take(id);
  }

  async read(segment: Segment, start: number, length: number): Promise<Uint8Array> {
    const { file } = this.find(segment.id) ?? segment;
    try {
      return await this.#disk().read(file, start, length);
    } catch (error) {
      const now = this.find(segment.id)?.file ?? file; // it may have been done, or moved, meanwhile
      if (now === file) throw error;
      return await this.#disk().read(now, start, length);
    }
  }

  async keep({ id }: Segment, isKept: boolean): Promise<Segment> {
    return await this.#inTurn(async () => {
      const segment = this.find(id);
      if (segment === null) throw new DiskError("ENOENT", `there is no segment ${id}`);
      if (segment.isKept === isKept) return segment;
      if (segment.state !== "recording") return await this.#move(segment, isKept);
      if (isKept) this.#toKeep.add(id);
      else this.#toKeep.delete(id);
      return this.#put({ ...segment, isKept });
    });
  }

  /** Whether retention may have it. */
  isRemovable({ state, isKept }: Segment): boolean {
    return state !== "recording" && !isKept;
  }

  /** Deletes its file. @throws DiskError and then it is still there */
  async remove(segment: Segment): Promise<void> {
    await this.#inTurn(async () => {
      const { file } = segment;
      if (this.find(segment.id)?.file !== file || !this.isRemovable(segment)) return;
      await this.#disk()
        .remove(file)
        .catch((error: unknown) => {
          if (!(error instanceof DiskError && error.code === "ENOENT")) throw error; // else somebody was quicker
        });
      this.forget(segment.id);
    });
  }

  /** One after the other: a file that is moved is not removed meanwhile. */
  async #inTurn<Value>(what: () => Promise<Value>): Promise<Value> {
    const turn = this.#work.then(what);
    this.#work = turn.catch(() => undefined);
    return await turn;
  }

  async #move(segment: Segment, isKept: boolean): Promise<Segment> {
    const kept = join(this.folder, KEPT_FOLDER);
    const isThere = segment.file.startsWith(kept + sep);
    if (isThere === isKept) return this.#put({ ...segment, isKept }); // it could not be moved before
    const file = isKept
      ? join(kept, relative(this.folder, segment.file))
      : join(this.folder, relative(kept, segment.file));
    await this.#disk().move(segment.file, file);
    return this.#put({ ...segment, file, isKept });
  }

  #put(segment: Segment): Segment {
    this.#take(segment.id);
    this.#byId.set(segment.id, segment);
    this.#bytes += segment.bytes;
    this.#sorted.splice(this.#indexAfter(segment.startMs, segment.id), 0, segment);
    this.#listed = null;
    return segment;
  }

  #take(id: string): void {
    const old = this.#byId.get(id);
    if (old === undefined) return;
    this.#byId.delete(id);
    this.#bytes -= old.bytes;
    this.#sorted.splice(this.#indexAfter(old.startMs, id) - 1, 1);
    this.#listed = null;
  }

  /** Where the first one stands that comes after this time and id. */
  #indexAfter(startMs: number, id: string): number {
    let [low, high] = [0, this.#sorted.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      const segment = this.#sorted[middle];
      if (segment !== undefined && compared(segment.startMs, segment.id, startMs, id) <= 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

const inOrder = (a: Segment, b: Segment) => compared(a.startMs, a.id, b.startMs, b.id);

function compared(aMs: number, aId: string, bMs: number, bId: string): number {
  return aMs - bMs || (aId < bId ? -1 : Number(aId > bId));
}
