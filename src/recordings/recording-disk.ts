import { isAbsolute, join, resolve, sep } from "node:path";
import { type Disk, DiskError, type DiskSpace } from "./disk.ts";
import { DiskChild, type DiskChildOptions } from "./disk-child.ts";
import type { DiskRequest, FoundFile, Walked } from "./disk-protocol.ts";
import type { Place } from "./recording-store.ts";
import type { Segment } from "./segment.ts";
import { keptPath, segmentId, segmentPath, segmentPattern, type TimeZone } from "./segment-path.ts";
import { SegmentWriter } from "./segment-writer.ts";

/** A stream whose recording it is, and how its files are named. */
export interface Recorded extends Place {
  readonly timeZone: TimeZone;
}

/** A read is taken apart, so that recordings are written meanwhile. */
const MAX_READ_BYTES = 256 * 1024;

export class RecordingDisk implements Disk {
  readonly #options: DiskChildOptions;
  /** Nothing outside them is touched. */
  readonly #folders = new Set<string>();
  #child: DiskChild | null = null;
  #isClosed = false;

  constructor(options: DiskChildOptions = {}) {
    this.#options = options;
  }

  /** Of the process that runs; undefined while none does. */
  get pid(): number | undefined {
    return this.#child?.end === null ? this.#child.pid : undefined;
  }

  /** A file for a segment that starts then. What goes wrong, the writer hears of. @throws DiskError without a process */
  begin({ name, folder, path, timeZone }: Recorded, startMs: number): SegmentWriter {
    const segment = segmentPath(path, name, startMs, timeZone);
    const names = [segment, keptPath(path, name, segment)].map((each) => join(folder, each));
    return new SegmentWriter(this.#running(), { folder: this.#known(folder), names });
  }

  /**
   * All segments of a stream, oldest first. What something has cut off is repaired before; what is being written is not
   * among them. Makes the folder if it is not there.
   */
  async scan({ name, folder, path }: Place): Promise<Segment[]> {
    const pattern = segmentPattern(path, name);
    const found = await this.#walk({ op: "scan", folder: this.#known(folder), ...pattern });
    return found
      .map(segmentOf)
      .toSorted((one, other) => one.startMs - other.startMs || compare(one.id, other.id));
  }

  /** Finishes a `.part` file that is no longer written; null if there was nothing in it. */
  async repair(folder: string, file: string): Promise<FoundFile | null> {
    const [found] = await this.#walk({ op: "repair", folder: this.#known(folder), file });
    return found ?? null;
  }

  async read(file: string, start: number, length: number): Promise<Uint8Array> {
    const parts: Uint8Array[] = [];
    const folder = this.#folderOf(file);
    for (let at = 0; at < length; ) {
      const wanted = Math.min(length - at, MAX_READ_BYTES);
      const { data } = await this.#ask({ op: "read", folder, file, start: start + at, length: wanted });
      parts.push(data);
      at += data.length;
      if (data.length < wanted) break;
    }
    return parts.length === 1 ? (parts[0] ?? new Uint8Array(0)) : Buffer.concat(parts);
  }

  async remove(file: string): Promise<void> {
    await this.#ask({ op: "remove", folder: this.#folderOf(file), file });
  }

  async move(from: string, to: string): Promise<void> {
    await this.#ask({ op: "move", folder: this.#folderOf(from), file: from, to });
  }

  async space(folder: string): Promise<DiskSpace> {
    const { value } = await this.#ask({ op: "space", folder: this.#known(folder) });
    return value as DiskSpace; // as the process answers
  }

  /** Ends the process when it has done what it was asked, and finished what is open; after two seconds in any case. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#child?.close();
  }

  async #walk(request: DiskRequest): Promise<FoundFile[]> {
    const child = this.#running(); // a walk is a process's own
    let { found, walk } = (await child.ask(request)).value as Walked; // as the process answers
    const all = [...found];
    while (walk !== null) {
      ({ found, walk } = (await child.ask({ op: "next", walk })).value as Walked);
      all.push(...found);
    }
    return all;
  }

  async #ask(request: DiskRequest) {
    return await this.#running().ask(request);
  }

  #running(): DiskChild {
    if (this.#child !== null && (this.#child.end === null || this.#isClosed)) return this.#child;
    if (this.#isClosed) throw new DiskError("EPIPE", "the disk process has ended");
    this.#child = new DiskChild(this.#options);
    return this.#child;
  }

  #known(folder: string): string {
    if (!isAbsolute(folder)) throw new Error(`not an absolute path: ${folder}`);
    const normal = resolve(folder);
    this.#folders.add(normal);
    return normal;
  }

  /** The folder of a recording that the file is in. @throws DiskError */
  #folderOf(file: string): string {
    const isIn = (folder: string) => file.startsWith(folder.endsWith(sep) ? folder : folder + sep);
    const folder = [...this.#folders].filter(isIn).toSorted((one, other) => other.length - one.length)[0];
    if (folder === undefined || resolve(file) !== file)
      throw new DiskError("EACCES", `${file}: not in a folder of recordings`);
    return folder;
  }
}

function segmentOf({ startMs, count, isRepaired, ...found }: FoundFile): Segment {
  const { file, durationMs, bytes, modifiedMs, isKept } = found;
  const state = isRepaired ? "repaired" : "done";
  return { id: segmentId(startMs, count), startMs, durationMs, bytes, state, isKept, file, modifiedMs };
}

const compare = (one: string, other: string) => (one < other ? -1 : 1);
