import type { Catalog } from "./catalog.ts";
import type { Disk, DiskSpace } from "./disk.ts";
import { expired, freeing, type KeepFree, type RetentionLimits, wantedFreeBytes } from "./retention.ts";
import type { Segment } from "./segment.ts";

export interface Retained {
  readonly catalog: Catalog;
  readonly limits: () => RetentionLimits & { readonly folder: string };
  /** Its disk is too full, and nothing may be deleted; null: it is not, or not any more. */
  readonly hold: (low: LowDisk | null) => void;
}

/** A disk that is too full, and has nothing that may be deleted. */
export interface LowDisk extends DiskSpace {
  readonly folder: string;
  readonly wantedBytes: number;
}

export interface RetentionOptions {
  readonly disk: Disk;
  readonly keepFree: KeepFree | null;
}

/** More than one server has; those that were added last. */
const MAX_STREAMS = 1000;
const LOOK_EVERY_MS = 10_000;
/** A file that could not be deleted is left alone for so long. */
const STUCK_MS = 600_000;
/** Recording goes on where this part more is free than has to be: it does not stop and go with each look. */
const MARGIN = 0.02;

/** Deletes what the limits of all recordings of the process say, and holds those whose disk is too full. */
export class RetentionRunner {
  readonly #disk: Disk;
  #keepFree: KeepFree | null;
  /** A stream that is over is still looked after. */
  readonly #all = new Map<Catalog, Retained>();
  /** By folder, as of the last look. */
  readonly #spaces = new Map<string, DiskSpace>();
  readonly #low = new Map<string, LowDisk>();
  /** Files, and until when they are left alone. */
  readonly #stuck = new Map<string, number>();
  #timer: NodeJS.Timeout | null = null;
  #isLooking = false;
  #isDue = false;

  constructor({ disk, keepFree }: RetentionOptions) {
    this.#disk = disk;
    this.#keepFree = keepFree;
  }

  /** Looks after this one, in place of any other of its catalog, until the returned function is called. */
  add(retained: Retained): () => void {
    const { catalog } = retained;
    this.#all.delete(catalog);
    this.#all.set(catalog, retained);
    const [oldest] = this.#all.keys();
    if (this.#all.size > MAX_STREAMS && oldest !== undefined) this.#all.delete(oldest);
    this.#timer ??= setInterval(() => this.look(), LOOK_EVERY_MS).unref();
    this.look();
    return () => {
      if (this.#all.get(catalog) === retained) this.#all.delete(catalog);
      this.look(); // and forgets the folder, if it was the last one there
      if (this.#all.size === 0) this.close();
    };
  }

  setKeepFree(keepFree: KeepFree | null): void {
    this.#keepFree = keepFree;
    this.look();
  }

  /** What was free at the last look; null where that is not known. */
  spaceOf(folder: string): DiskSpace | null {
    return this.#spaces.get(folder) ?? null;
  }

  /** Whether it was too full at the last look, and how; null where not. */
  lowAt(folder: string): LowDisk | null {
    return this.#low.get(folder) ?? null;
  }

  /** Looks now; where it is looking, once more behind that. */
  look(): void {
    this.#isDue = true;
    if (!this.#isLooking) void this.#run(); // what the disk refuses is heard of there
  }

  close(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
  }

  async #run(): Promise<void> {
    this.#isLooking = true;
    while (this.#isDue) {
      this.#isDue = false;
      for (const retained of this.#all.values()) await this.#expire(retained);
      const folders = new Set([...this.#all.values()].map(({ limits }) => limits().folder));
      for (const folder of folders) await this.#free(folder);
      for (const known of [this.#spaces, this.#low])
        for (const folder of known.keys()) if (!folders.has(folder)) known.delete(folder);
    }
    this.#isLooking = false; // nothing is awaited since `#isDue` was false
  }

  async #expire({ catalog, limits }: Retained): Promise<void> {
    const segments = catalog.list().filter(({ isKept }) => !isKept);
    for (const segment of expired(segments, limits(), Date.now())) await this.#remove(catalog, segment);
  }

  async #free(folder: string): Promise<void> {
    const space = await this.#disk.space(folder).catch(() => null); // what writes there says what is wrong
    if (space === null) return;
    this.#spaces.set(folder, space);
    const wantedBytes = wantedFreeBytes(this.#keepFree, space);
    const here = [...this.#all.values()].filter(({ limits }) => limits().folder === folder);
    const margin = this.#low.has(folder) ? 1 + MARGIN : 1;
    let neededBytes = Math.ceil(wantedBytes * margin) - space.freeBytes;
    for (const { stream, segment } of freeing(here.flatMap(removable(this.#isStuck)), neededBytes))
      if (await this.#remove(stream.catalog, segment)) neededBytes -= segment.bytes;
    const low = this.#lowAfter({ ...space, folder, wantedBytes }, neededBytes);
    for (const { hold } of here) hold(low);
  }

  #lowAfter(low: LowDisk, neededBytes: number): LowDisk | null {
    const { folder } = low;
    if (neededBytes <= 0) {
      this.#low.delete(folder);
      return null;
    }
    this.#low.set(folder, low);
    return low;
  }

  async #remove(catalog: Catalog, segment: Segment): Promise<boolean> {
    if (this.#isStuck(segment)) return false;
    try {
      await catalog.remove(segment);
      return true;
    } catch {
      this.#stuck.set(segment.file, performance.now() + STUCK_MS);
      return false;
    }
  }

  readonly #isStuck = ({ file }: Segment): boolean => {
    const untilMs = this.#stuck.get(file);
    if (untilMs !== undefined && untilMs < performance.now()) this.#stuck.delete(file);
    return this.#stuck.has(file);
  };
}

/** Who keeps everything for ever has it paused instead. */
function removable(isStuck: (segment: Segment) => boolean) {
  return (stream: Retained) => {
    const { catalog, limits } = stream;
    const { keepMs, maxBytes } = limits();
    if (keepMs === null && maxBytes === null) return [];
    const segments = catalog.list().filter((one) => catalog.isRemovable(one) && !isStuck(one));
    return [{ stream, segments }];
  };
}
