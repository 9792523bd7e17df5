import {
  closeSync,
  constants,
  existsSync,
  fdatasyncSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readSync,
  renameSync,
  unlinkSync,
  writeSync,
} from "node:fs";
import { dirname } from "node:path";
import { closeFileMetadata, type KeyFrame, readMetadataTag } from "../media/flv/file-metadata.ts";
import { KeyFrameIndex } from "../media/flv/key-frame-index.ts";
import { headerBytes, previousTagSizeBytes, tagHeaderBytes } from "../media/flv/layout.ts";
import { checkInside, makeFolders, refusal } from "./disk-paths.ts";
import type { FoundFile, RequestTo, Tags } from "./disk-protocol.ts";
import { PART_SUFFIX, SUFFIX } from "./segment-path.ts";

const { O_CREAT, O_EXCL, O_RDWR } = constants;
/** Not on Windows. */
export const O_NOFOLLOW = (constants as Partial<typeof constants>).O_NOFOLLOW ?? 0;
const MAX_COUNT = 100_000;

/** What there is of a file. */
export interface Content {
  /** Where its last whole tag ends. */
  readonly wholeBytes: number;
  readonly durationMs: number;
  /** Empty only where there are no frames. */
  readonly keyFrames: readonly KeyFrame[];
}

/** As flvcast tells it with the tags: reading them again would cost twice of what writing does. */
class Written implements Content {
  readonly #index = new KeyFrameIndex();
  wholeBytes = 0;
  durationMs = 0;

  get keyFrames(): readonly KeyFrame[] {
    return this.#index.keyFrames;
  }

  add({ keyAt, keyMs, endMs }: Tags, bytes: number): void {
    if (keyAt !== null) this.#index.add({ position: this.wholeBytes + keyAt, timeMs: keyMs });
    this.wholeBytes += bytes;
    this.durationMs = endMs;
  }
}

/** A file that is being written, or repaired. Its index can be written at any moment. */
export class DiskSegment {
  readonly file: string;
  readonly count: number;
  readonly #written = new Written();
  readonly #content: Content;
  readonly #fd: number;
  #isClosed = false;

  /** @param content of one that was written before */
  constructor(fd: number, file: string, count: number, content?: Content) {
    this.#fd = fd;
    this.file = file;
    this.count = count;
    this.#content = content ?? this.#written;
  }

  static begin({ folder, names }: RequestTo<"begin">): DiskSegment {
    const [name = ""] = names;
    checkInside(folder, name);
    makeFolders(dirname(name));
    for (let count = 1; count < MAX_COUNT; count++) {
      const suffix = count === 1 ? "" : `-${count}`;
      if (names.some((each) => existsSync(each + suffix + SUFFIX))) continue;
      const file = name + suffix + PART_SUFFIX;
      const fd = created(file);
      if (fd !== null) return new DiskSegment(fd, file, count);
    }
    throw refusal("EEXIST", name);
  }

  append(tags: Tags, data: Uint8Array): void {
    for (let at = 0; at < data.length; ) at += writeSync(this.#fd, data, at);
    this.#written.add(tags, data.length);
  }

  /** Throws also if the file has been deleted: writing would go on, to nowhere. */
  sync(): void {
    fdatasyncSync(this.#fd);
    if (fstatSync(this.#fd).nlink === 0) throw refusal("ENOENT", this.file);
  }

  /** Writes its index and gives it its name; null if there was nothing to keep. */
  finish(durationMs: number | null, isRepaired = false): FoundFile | null {
    const content = this.#content;
    if (content.keyFrames.length === 0) {
      this.close();
      unlinkSync(this.file);
      return null;
    }
    const index = {
      durationMs: durationMs ?? content.durationMs,
      fileBytes: content.wholeBytes,
      keyFrames: content.keyFrames,
      isRepaired,
    };
    const tag = closeFileMetadata(this.#metadata(), index);
    if (tag !== null) writeSync(this.#fd, tag, 0, tag.length, headerBytes);
    fdatasyncSync(this.#fd);
    const { mtimeMs, nlink } = fstatSync(this.#fd);
    this.close();
    if (nlink === 0) throw refusal("ENOENT", this.file);
    const file = this.file.endsWith(PART_SUFFIX)
      ? this.file.slice(0, -PART_SUFFIX.length) + SUFFIX
      : this.file;
    if (file !== this.file) renameSync(this.file, file);
    syncFolder(dirname(file));
    const startMs = tag === null ? 0 : (readMetadataTag(tag)?.startMs ?? 0);
    return {
      ...{ file, count: this.count, isKept: false, startMs, durationMs: index.durationMs },
      ...{ bytes: index.fileBytes, modifiedMs: Math.round(mtimeMs), isRepaired },
    };
  }

  /** Cuts off what is not whole. */
  cut(): void {
    ftruncateSync(this.#fd, this.#content.wholeBytes);
  }

  /** After a failure: keeps what it can; the next start repairs what it cannot. */
  salvage(): FoundFile | null {
    if (this.#isClosed) return null;
    try {
      this.cut();
      return this.finish(null, true);
    } catch {
      this.close();
      return null;
    }
  }

  /** The first tag. */
  #metadata(): Uint8Array {
    const head = Buffer.alloc(tagHeaderBytes);
    readSync(this.#fd, head, 0, head.length, headerBytes);
    const tag = Buffer.alloc(tagHeaderBytes + head.readUIntBE(1, 3) + previousTagSizeBytes);
    readSync(this.#fd, tag, 0, tag.length, headerBytes);
    return tag;
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    try {
      closeSync(this.#fd);
    } catch {
      // a late failure to write: fdatasync has said so before
    }
  }
}

function created(file: string): number | null {
  try {
    return openSync(file, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW, 0o666);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return null; // node's own
    throw error;
  }
}

/** Else a power cut may take the name back. */
function syncFolder(folder: string): void {
  try {
    const fd = openSync(folder, "r");
    try {
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
  } catch {
    // some file systems know no such thing
  }
}
