import { encodeHeader } from "../../src/media/flv/header.ts";
import { DiskError } from "../../src/recordings/disk.ts";
import type { Segment, StreamRecordings } from "../../src/recordings/segment.ts";
import { tags } from "../outputs/live/fakes.ts";

/** 14:05:00 UTC on 29 November 2026. */
export const START_MS = Date.UTC(2026, 10, 29, 14, 5);

/** Recordings in memory, of a disk that does what it is told to. */
export class FakeRecordings implements StreamRecordings {
  readonly files = new Map<string, Uint8Array>();
  /** Each read: where it began, and how long it was to be. */
  readonly reads: (readonly [start: number, length: number])[] = [];
  /** Instead of a read's answer; asked with how many there were before. */
  beforeRead: (reads: number) => Promise<void> = async () => undefined;
  segments: readonly Segment[] = [];

  /** As it was made. */
  reset(): void {
    this.files.clear();
    this.reads.length = 0;
    this.beforeRead = async () => undefined;
    this.segments = [];
  }

  list(): readonly Segment[] {
    return this.segments;
  }

  async read({ file }: Segment, start: number, length: number): Promise<Uint8Array> {
    this.reads.push([start, length]);
    await this.beforeRead(this.reads.length - 1);
    const bytes = this.files.get(file);
    if (bytes === undefined) throw new DiskError("ENOENT", `no such file: ${file}`);
    return bytes.subarray(start, start + length);
  }

  async keep(segment: Segment, isKept: boolean): Promise<Segment> {
    const kept = { ...segment, isKept };
    this.segments = this.segments.map((one) => (one.id === segment.id ? kept : one));
    return kept;
  }

  /** A segment behind the others, in order; done unless told otherwise. */
  add(bytes: Uint8Array, changes: Partial<Segment> = {}): Segment {
    const last = this.segments.at(-1);
    const startMs = changes.startMs ?? (last === undefined ? START_MS : last.startMs + last.durationMs);
    const id = changes.id ?? this.#idOf(startMs);
    const segment: Segment = {
      ...{ id, startMs, durationMs: 10_000, bytes: bytes.length, state: "done", isKept: false },
      ...{ file: `/recordings/cam/${id}.flv`, modifiedMs: startMs + 10_000.25 },
      ...changes,
    };
    this.files.set(segment.file, bytes);
    this.segments = [...this.segments, segment];
    return segment;
  }

  #idOf(startMs: number): string {
    const id = `${new Date(startMs).toISOString().slice(0, 19).replace(/[-:]/g, "")}Z`;
    const same = this.segments.filter((one) => one.id.startsWith(id)).length;
    return same === 0 ? id : `${id}-${same + 1}`;
  }

  change(id: string, changes: Partial<Segment>): void {
    this.segments = this.segments.map((one) => (one.id === id ? { ...one, ...changes } : one));
  }
}

/** A file of these tags: "metadata@0 video-config@0 key@0 audio@3". */
export function flvFile(story: string, tracks = { video: true, audio: true }): Uint8Array {
  return Buffer.concat([encodeHeader(tracks), ...tags(story).map(({ bytes }) => bytes)]);
}

/** Bytes that differ from place to place. */
export function patterned(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, at) => (at * 31 + (at >> 8) * 7) & 0xff);
}
