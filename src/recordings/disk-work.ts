import { writeSync } from "node:fs";
import { moveFile, readBytes, removeFile, spaceOf } from "./disk-files.ts";
import { troubleOf } from "./disk-paths.ts";
import {
  type DiskAnswer,
  type DiskRequest,
  encodeObject,
  MessageReader,
  type Tags,
} from "./disk-protocol.ts";
import { repaired } from "./disk-repair.ts";
import { scanned } from "./disk-scan.ts";
import { DiskSegment } from "./disk-segment.ts";
import { Walks } from "./disk-walks.ts";

type Numbered = DiskRequest & { readonly id: number };

export class DiskWork {
  readonly #answers: number;
  readonly #reader = new MessageReader({
    onTags: (tags, data) => this.#append(tags, data),
    // flvcast is of this version, and asks for nothing else
    onObject: (request) => this.#do(request as Numbered),
  });
  readonly #segments = new Map<number, DiskSegment>();
  readonly #walks = new Walks();

  /** @param answers descriptor of a pipe */
  constructor(answers: number) {
    this.#answers = answers;
  }

  push(chunk: Buffer): void {
    this.#reader.push(chunk);
  }

  /** Nothing follows: what is open is finished. */
  end(): void {
    for (const segment of this.#segments.values())
      try {
        segment.finish(null);
      } catch {
        // nobody is there to hear of it; the next start repairs it
      }
  }

  #do(request: Numbered): void {
    const { id } = request;
    try {
      if (request.op === "read") return this.#answer({ id, value: null }, readBytes(request));
      this.#answer({ id, value: this.#valueOf(request) ?? null });
    } catch (error) {
      this.#answer({ id, trouble: troubleOf(error) });
    }
  }

  #valueOf(request: Exclude<DiskRequest, { readonly op: "read" }>): unknown {
    switch (request.op) {
      case "begin": {
        const segment = DiskSegment.begin(request);
        this.#segments.set(request.segment, segment);
        return { file: segment.file, count: segment.count };
      }
      case "sync":
        return this.#ofSegment(request.segment, (segment) => segment.sync());
      case "finish":
        return this.#ofSegment(request.segment, (segment) => {
          this.#segments.delete(request.segment);
          return segment.finish(request.durationMs);
        });
      case "scan":
        return this.#walks.begin(scanned(request, this.#open));
      case "repair":
        return this.#walks.begin(repaired(request, this.#open));
      case "next":
        return this.#walks.next(request.walk);
      case "remove":
        return removeFile(request);
      case "move":
        return moveFile(request);
      case "space":
        return spaceOf(request);
    }
  }

  /** Files that are being written here. */
  readonly #open = (): ReadonlySet<string> => new Set([...this.#segments.values()].map(({ file }) => file));

  /** What is meant for a segment that has failed is passed over. */
  #append(tags: Tags, data: Uint8Array): void {
    const segment = this.#segments.get(tags.segment);
    if (segment === undefined) return;
    try {
      segment.append(tags, data);
    } catch (error) {
      this.#fail(tags.segment, segment, error);
    }
  }

  #ofSegment(number: number, use: (segment: DiskSegment) => unknown): unknown {
    const segment = this.#segments.get(number);
    if (segment === undefined) throw Object.assign(new Error("no such segment"), { code: "EBADF" });
    try {
      return use(segment);
    } catch (error) {
      this.#fail(number, segment, error);
      throw error;
    }
  }

  #fail(number: number, segment: DiskSegment, error: unknown): void {
    this.#segments.delete(number);
    this.#answer({ segment: number, trouble: troubleOf(error), finished: segment.salvage() });
  }

  #answer(answer: DiskAnswer, data?: Uint8Array): void {
    const message = encodeObject(answer, data);
    try {
      for (let at = 0; at < message.length; ) at += writeSync(this.#answers, message, at);
    } catch {
      // flvcast has ended: what it has sent is still written
    }
  }
}
