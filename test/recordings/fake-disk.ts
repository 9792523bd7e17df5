import { DiskError, type DiskSpace } from "../../src/recordings/disk.ts";
import type { ScannedDisk } from "../../src/recordings/recording-store.ts";
import type { Segment } from "../../src/recordings/segment.ts";

/** A disk of files that have a size and no content. */
export class FakeDisk implements ScannedDisk {
  readonly files = new Map<string, number>();
  /** What was asked, in words. */
  readonly asked: string[] = [];
  totalBytes = 100_000_000_000;
  /** Of others. */
  usedBytes = 0;
  /** Files that cannot be touched. */
  readonly stuck = new Set<string>();
  found: readonly Segment[] = [];
  failure: DiskError | null = null;

  async scan(): Promise<readonly Segment[]> {
    this.asked.push("scan");
    if (this.failure !== null) throw this.failure;
    return this.found;
  }

  async read(file: string, start: number, length: number): Promise<Uint8Array> {
    const bytes = this.#sizeOf(file);
    return new Uint8Array(Math.max(0, Math.min(length, bytes - start)));
  }

  async remove(file: string): Promise<void> {
    this.asked.push(`remove ${file}`);
    this.#sizeOf(file);
    this.files.delete(file);
  }

  async move(from: string, to: string): Promise<void> {
    this.asked.push(`move ${from} ${to}`);
    this.files.set(to, this.#sizeOf(from));
    this.files.delete(from);
  }

  async space(): Promise<DiskSpace> {
    const used = [...this.files.values()].reduce((sum, bytes) => sum + bytes, this.usedBytes);
    return { freeBytes: this.totalBytes - used, totalBytes: this.totalBytes };
  }

  async close(): Promise<void> {
    this.asked.push("close");
  }

  #sizeOf(file: string): number {
    const bytes = this.files.get(file);
    if (this.stuck.has(file)) throw new DiskError("EACCES", `${file}: permission denied`);
    if (bytes === undefined) throw new DiskError("ENOENT", `${file}: no such file`);
    return bytes;
  }
}
