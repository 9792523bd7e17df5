import { existsSync, type FSWatcher, watch } from "node:fs";

/** Where a device's node appears when it is plugged in, and the links by which it is found. */
const FOLDERS = ["/dev", "/dev/snd", "/dev/v4l", "/dev/v4l/by-id", "/dev/v4l/by-path", "/dev/dri"];

/** Tells when a device may have come: something changed in the folders of device nodes. */
export class DeviceWatch {
  readonly #folders: readonly string[];
  readonly #watchers = new Map<string, FSWatcher>();
  readonly #listeners = new Set<() => void>();

  constructor(folders: readonly string[] = FOLDERS) {
    this.#folders = folders;
    this.#renew();
  }

  /** Calls `listener` at each change until the returned function is called. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  close(): void {
    for (const folder of this.#watchers.keys()) this.#leave(folder);
    this.#listeners.clear();
  }

  /** Folders come and go with their devices: what is there by now is watched, and what is gone no more. */
  #renew(): void {
    for (const folder of this.#folders) {
      const isThere = existsSync(folder);
      if (isThere && !this.#watchers.has(folder)) this.#watch(folder);
      if (!isThere) this.#leave(folder);
    }
  }

  /** A folder that cannot be watched tells nothing: the growing delay is all there is then. */
  #watch(folder: string): void {
    try {
      const watcher = watch(folder, { persistent: false }, () => {
        this.#renew();
        for (const listener of this.#listeners) listener();
      });
      watcher.on("error", () => this.#leave(folder));
      this.#watchers.set(folder, watcher);
    } catch {
      this.#leave(folder);
    }
  }

  #leave(folder: string): void {
    this.#watchers.get(folder)?.close();
    this.#watchers.delete(folder);
  }
}
