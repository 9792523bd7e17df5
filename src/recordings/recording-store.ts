import { join } from "node:path";
import { Catalog } from "./catalog.ts";
import type { Disk } from "./disk.ts";
import type { KeepFree } from "./retention.ts";
import { RetentionRunner } from "./retention-runner.ts";
import type { Segment } from "./segment.ts";
import { segmentPattern } from "./segment-path.ts";

export interface ScannedDisk extends Disk {
  /** All segments of a stream; what something has cut off is repaired before. */
  scan(place: Place): Promise<readonly Segment[]>;
  close(): Promise<void>;
}

/** Which stream's recording, and where. */
export interface Place {
  readonly name: string;
  /** Absolute. */
  readonly folder: string;
  /** Of each file below it. */
  readonly path: string;
}

export interface RecordingStoreOptions<OwnDisk extends ScannedDisk> {
  /** Called with the first recording. */
  readonly openDisk: () => OwnDisk;
  readonly keepFree: KeepFree | null;
}

/** More than one server has; those that were used last. */
const MAX_CATALOGS = 1000;

interface Opened {
  readonly catalog: Catalog;
  /** The scan; null before it was begun. */
  filled: Promise<readonly Segment[]> | null;
}

/** What all recordings of the process share: the disk, what is on it, and retention. */
export class RecordingStore<OwnDisk extends ScannedDisk = ScannedDisk> {
  readonly #options: RecordingStoreOptions<OwnDisk>;
  #keepFree: KeepFree | null;
  readonly #opened = new Map<string, Opened>();
  #disk: OwnDisk | null = null;
  #retention: RetentionRunner | null = null;

  constructor(options: RecordingStoreOptions<OwnDisk>) {
    this.#options = options;
    this.#keepFree = options.keepFree;
  }

  get disk(): OwnDisk {
    this.#disk ??= this.#options.openDisk();
    return this.#disk;
  }

  get retention(): RetentionRunner {
    this.#retention ??= new RetentionRunner({ disk: this.disk, keepFree: this.#keepFree });
    return this.#retention;
  }

  setKeepFree(keepFree: KeepFree | null): void {
    this.#keepFree = keepFree;
    this.#retention?.setKeepFree(keepFree);
  }

  /** What there is of a stream: the same for whoever asks, and empty before `scan`. */
  catalogOf(place: Place): Catalog {
    return this.#open(place).catalog;
  }

  /** Looks through the folder, once. Resolves with what it has found; to nobody else. @throws DiskError */
  async scan(place: Place): Promise<readonly Segment[]> {
    const opened = this.#open(place);
    if (opened.filled !== null) return [];
    opened.filled = this.disk.scan(place);
    try {
      const found = await opened.filled;
      opened.catalog.addFound(found);
      return found;
    } catch (error) {
      opened.filled = null;
      throw error;
    }
  }

  async close(): Promise<void> {
    this.#retention?.close();
    await this.#disk?.close();
  }

  #open(place: Place): Opened {
    const key = JSON.stringify([place.name, place.folder, place.path]);
    const opened = this.#opened.get(key) ?? {
      catalog: new Catalog(folderOf(place), () => this.disk),
      filled: null,
    };
    this.#opened.delete(key);
    this.#opened.set(key, opened);
    const [oldest] = this.#opened.keys();
    if (this.#opened.size > MAX_CATALOGS && oldest !== undefined) this.#opened.delete(oldest);
    return opened;
  }
}

function folderOf({ name, folder, path }: Place): string {
  return join(folder, segmentPattern(path, name).under);
}
