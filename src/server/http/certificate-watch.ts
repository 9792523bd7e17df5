import { type FSWatcher, watch } from "node:fs";
import { dirname } from "node:path";
import { UserError } from "../../errors.ts";
import { type KeyPair, type KeyPairFiles, readKeyPair } from "./certificate.ts";

/** The two files are written one after the other. */
const SETTLE_MS = 1000;
/** A network's file system tells of no change. */
const LOOK_MS = 60_000;

export interface CertificateWatchOptions {
  readonly onRenewed: (keyPair: KeyPair) => void;
  /** The new pair does not serve; the old one goes on. Told once for each reason. */
  readonly onUnusable: (why: string) => void;
  readonly settleMs?: number;
}

/**
 * Follows a pair of files as they are renewed: written over, put in place of the old ones, or led to by another link, as
 * certbot and Kubernetes do. So their folders are watched, and what is in the files decides.
 */
export class CertificateWatch {
  readonly #files: KeyPairFiles;
  readonly #options: CertificateWatchOptions;
  readonly #watchers: readonly FSWatcher[];
  readonly #looking: NodeJS.Timeout;
  #settling: NodeJS.Timeout | null = null;
  #current: KeyPair;
  #complaint: string | null = null;

  constructor(files: KeyPairFiles, current: KeyPair, options: CertificateWatchOptions) {
    this.#files = files;
    this.#current = current;
    this.#options = options;
    const folders = new Set([dirname(files.certPath), dirname(files.keyPath)]);
    this.#watchers = [...folders].flatMap((folder) => this.#watch(folder));
    this.#looking = setInterval(() => void this.#look(), LOOK_MS).unref();
  }

  close(): void {
    for (const watcher of this.#watchers) watcher.close();
    clearInterval(this.#looking);
    if (this.#settling !== null) clearTimeout(this.#settling);
  }

  #watch(folder: string): FSWatcher[] {
    try {
      const watcher = watch(folder, { persistent: false }, () => this.#settle());
      return [watcher.on("error", () => watcher.close())];
    } catch {
      return []; // it is looked at each minute
    }
  }

  #settle(): void {
    if (this.#settling !== null) clearTimeout(this.#settling);
    this.#settling = setTimeout(() => void this.#look(), this.#options.settleMs ?? SETTLE_MS).unref();
  }

  /** Never rejects with anything but a bug. */
  async #look(): Promise<void> {
    try {
      const found = await readKeyPair(this.#files);
      this.#complaint = null;
      if (found.cert === this.#current.cert && found.key === this.#current.key) return;
      this.#current = found;
      this.#options.onRenewed(found);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      if (error.message === this.#complaint) return;
      this.#complaint = error.message;
      this.#options.onUnusable(error.message);
    }
  }
}
