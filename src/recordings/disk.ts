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
