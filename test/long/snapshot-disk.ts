import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { findProgram, mustRun, run } from "../run.ts";

/** Why no disk can be made here that is photographed while it is written to; null where it can. */
export function withoutSnapshots(): string | null {
  if (process.platform !== "linux") return "disks are made on Linux";
  if (process.getuid?.() !== 0) return "only root may mount a disk";
  const missing = ["mkfs.xfs", "mkfs.ext4", "mount"].find((program) => findProgram(program) === null);
  return missing === undefined ? null : `${missing} is not installed`;
}

/**
 * An ext4 disk whose image lies on XFS: a copy of the image that shares its blocks is made in one moment, and holds what the
 * disk held then. What the kernel had not written yet is not in it, as after a power cut.
 */
export class SnapshotDisk {
  readonly folder: string;
  readonly #below: string;
  readonly #image: string;
  readonly #mounted: string[] = [];

  private constructor(folder: string) {
    this.#below = join(folder, "below");
    this.#image = join(this.#below, "disk.img");
    this.folder = join(folder, "disk");
  }

  static async make(folder: string, megabytes: number): Promise<SnapshotDisk> {
    const disk = new SnapshotDisk(folder);
    const host = join(folder, "host.img");
    await mustRun(["truncate", "-s", `${megabytes * 8}M`, host]);
    await mustRun(["mkfs.xfs", "-q", "-m", "reflink=1", host]);
    await disk.#mount(host, disk.#below);
    await mustRun(["truncate", "-s", `${megabytes}M`, disk.#image]);
    await mustRun(["mkfs.ext4", "-q", disk.#image]);
    await disk.#mount(disk.#image, disk.folder);
    return disk;
  }

  /** What the disk holds at this moment. */
  async photograph(): Promise<string> {
    const copy = join(this.#below, `${performance.now()}.img`);
    await mustRun(["cp", "--reflink=always", this.#image, copy]);
    return copy;
  }

  /** Starts a photograph as a machine would that has power again, for as long as it is worked with. */
  async open<Result>(photograph: string, work: (folder: string) => Promise<Result>): Promise<Result> {
    const folder = `${photograph}.d`;
    await this.#mount(photograph, folder);
    try {
      return await work(folder);
    } finally {
      await this.#unmount(folder);
      rmSync(photograph);
    }
  }

  async remove(): Promise<void> {
    for (const folder of this.#mounted.toReversed()) await this.#unmount(folder);
  }

  async #mount(image: string, folder: string): Promise<void> {
    mkdirSync(folder);
    await mustRun(["mount", "-o", "loop", image, folder]);
    this.#mounted.push(folder);
  }

  async #unmount(folder: string): Promise<void> {
    if (!this.#mounted.includes(folder)) return;
    this.#mounted.splice(this.#mounted.indexOf(folder), 1);
    await run(["umount", folder], { killAfterMs: 20_000 });
  }
}
