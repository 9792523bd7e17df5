import type { Trouble } from "./disk-protocol.ts";
/** What the disk refused, or did not do in time. */
export class DiskError extends Error {
  override readonly name = "DiskError";
  /** Of the system: `ENOSPC`, `EROFS`, `ENOENT`; `ETIMEDOUT` where it does not answer. */
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

export interface DiskSpace {
  readonly freeBytes: number;
  readonly totalBytes: number;
}

/**
 * All file work of recordings, done by a process of its own: a disk that never answers must not stop anything else here.
 * Each promise is rejected with a DiskError, ETIMEDOUT after ten seconds.
 */
export interface Disk {
  /** Up to `length` bytes from `start` on; fewer at the end of the file. */
  read(file: string, start: number, length: number): Promise<Uint8Array>;
  remove(file: string): Promise<void>;
  /** Also into a folder that is not there yet. */
  move(from: string, to: string): Promise<void>;
  space(folder: string): Promise<DiskSpace>;
}

const TEXTS: Readonly<Record<string, string>> = {
  ENOSPC: "no space left on the disk",
  EDQUOT: "the disk quota is used up",
  EROFS: "the file system is read-only",
  EIO: "the disk reports an I/O error",
  ENXIO: "the disk is disconnected",
  ENODEV: "the disk is disconnected",
  ESTALE: "the network file system has lost the file",
  ENOENT: "does not exist",
  ENOTDIR: "a part of its path is a file",
  EACCES: "no permission",
  EPERM: "no permission",
  ELOOP: "a symbolic link leads out of the folder",
  EEXIST: "exists already",
  ENAMETOOLONG: "the name is too long",
  EMFILE: "too many open files",
  ENFILE: "too many open files",
};

export function diskError({ code, path }: Trouble): DiskError {
  const text = TEXTS[code] ?? code;
  return new DiskError(code, path === null ? text : `${path}: ${text}`);
}
