import { type FSWatcher, statSync, watch } from "node:fs";

/** Where a device's node appears when it is plugged in, and the links by which it is found. */
const FOLDERS = ["/dev", "/dev/snd", "/dev/v4l", "/dev/v4l/by-id", "/dev/v4l/by-path", "/dev/dri"];

interface Watched {
  readonly watcher: FSWatcher;
  /** Which folder of that name it is. */
  readonly inode: number;
}

/** Tells when a device may have come: a name came or went in the folders of device nodes. */
export class DeviceWatch {
  readonly #folders: readonly string[];
  readonly #watched = new Map<string, Watched>();
  readonly #listeners = new Set<() => void>();

  constructor(folders: readonly string[] = FOLDERS) {
    this.#folders = folders;
    this.#renew();
  }

  /** Calls `listener` at each such change until the returned function is called. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  close(): void {
    for (const folder of this.#watched.keys()) this.#leave(folder);
    this.#listeners.clear();
  }

  /**
   * Folders come and go with their devices, and may have been made again before anybody heard of it: what is there by now is
   * watched, and what is gone no more.
   */
  #renew(): void {
    for (const folder of this.#folders) {
      const inode = inodeOf(folder);
      if (inode === this.#watched.get(folder)?.inode) continue;
      this.#leave(folder);
      if (inode !== null) this.#watch(folder, inode);
    }
  }

  /** A folder that cannot be watched tells nothing: the growing delay is all there is then. */
  #watch(folder: string, inode: number): void {
    try {
      const watcher = watch(folder, { persistent: false }, (event) => {
        if (event !== "rename") return; // some systems tell of each write to each device
        this.#renew();
        for (const listener of this.#listeners) listener();
      });
      watcher.on("error", () => this.#leave(folder));
      this.#watched.set(folder, { watcher, inode });
    } catch {
      this.#leave(folder);
    }
  }

  #leave(folder: string): void {
    this.#watched.get(folder)?.watcher.close();
    this.#watched.delete(folder);
  }
}

function inodeOf(folder: string): number | null {
  try {
    return statSync(folder).ino;
  } catch {
    return null;
  }
}
