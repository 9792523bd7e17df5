import { DiskError } from "../../recordings/disk.ts";
import type { RecordingDisk } from "../../recordings/recording-disk.ts";
import type { Segment } from "../../recordings/segment.ts";
import type { RecordedSegment } from "./recorded-segment.ts";

export interface UnfinishedOptions {
  readonly disk: RecordingDisk;
  readonly folder: string;
  readonly onSegment: (segment: Segment) => void;
  readonly onLost: (segment: Segment) => void;
}

/** A disk that never answers cuts off segment after segment: the next start finds those that are forgotten here. */
const MAX_KEPT = 100;

/** Segments that a failure has left as they were, until the disk is well again. */
export class Unfinished {
  readonly #options: UnfinishedOptions;
  #segments: RecordedSegment[] = [];

  constructor(options: UnfinishedOptions) {
    this.#options = options;
  }

  add(segment: RecordedSegment): void {
    if (this.#segments.length < MAX_KEPT) this.#segments.push(segment);
  }

  async repair(): Promise<void> {
    const segments = this.#segments;
    this.#segments = [];
    for (const segment of segments) await this.#repair(segment);
  }

  async #repair(segment: RecordedSegment): Promise<void> {
    const { disk, folder, onSegment, onLost } = this.#options;
    const known = segment.now();
    if (known === null) return;
    try {
      const repaired = await disk.repair(folder, known.file);
      if (repaired === null) onLost(known);
      else onSegment(segment.done(repaired));
    } catch (error) {
      if (!(error instanceof DiskError)) throw error;
      onLost(known); // the next start finds it, if it can be read then
    }
  }
}
