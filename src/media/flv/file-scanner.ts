import { CorruptInputError } from "../corrupt-input.ts";
import { FlvDemuxer, type FlvEvent, type FlvTagEvent } from "./demuxer.ts";
import type { KeyFrame } from "./file-metadata.ts";
import { KeyFrameIndex } from "./key-frame-index.ts";
import { headerBytes, TagType } from "./layout.ts";
import { readMessageBody } from "./message-body.ts";
import { TrackTimes } from "./track-times.ts";

/** Of sound alone, any frame is one to begin with: an index has one a second. */
export const SOUND_ENTRY_EVERY_MS = 1000;

/** Reads a file that was cut off, and knows what an index says. What breaks the format ends the file for it. */
export class FileScanner {
  readonly #demuxer = new FlvDemuxer();
  readonly #video = new TrackTimes();
  readonly #audio = new TrackTimes();
  readonly #index = new KeyFrameIndex();
  #hasVideo = false;
  #isBroken = false;
  #wholeBytes = 0;
  #metadata: Uint8Array | null = null;
  #lastEntryMs: number | null = null;

  push(bytes: Uint8Array): void {
    if (this.#isBroken) return;
    const events: FlvEvent[] = [];
    try {
      this.#demuxer.push(bytes, events);
    } catch (error) {
      if (!(error instanceof CorruptInputError)) throw error;
      this.#isBroken = true;
    }
    for (const event of events) this.#note(event);
  }

  /** What follows is not read any more. */
  get isBroken(): boolean {
    return this.#isBroken;
  }

  /** Where the last whole tag ends. */
  get wholeBytes(): number {
    return this.#wholeBytes;
  }

  /** The first tag, if it is a script. */
  get metadata(): Uint8Array | null {
    return this.#metadata;
  }

  /** From the beginning to the end of the last frame. */
  get durationMs(): number {
    return Math.max(this.#video.endMs, this.#audio.endMs);
  }

  get keyFrames(): readonly KeyFrame[] {
    return this.#index.keyFrames;
  }

  #note(event: FlvEvent): void {
    if (event.kind === "header") this.#hasVideo = event.tracks.video;
    else if (event.type === TagType.script) this.#noteScript(event);
    else this.#noteFrame(event);
    this.#wholeBytes += event.bytes.length;
  }

  #noteScript({ bytes }: FlvTagEvent): void {
    // A copy: the chunk may be written again.
    if (this.#wholeBytes === headerBytes) this.#metadata = bytes.slice();
  }

  #noteFrame(tag: FlvTagEvent): void {
    const { offset: position, timestampMs: timeMs } = tag;
    const body = readMessageBody(tag);
    if (body.kind !== "video-frame" && body.kind !== "audio-frame") return;
    const isVideo = body.kind === "video-frame";
    (isVideo ? this.#video : this.#audio).add(timeMs);
    const isEntry = isVideo ? body.isKey : !this.#hasVideo && this.#isEntryDue(timeMs);
    if (!isEntry) return;
    this.#lastEntryMs = timeMs;
    this.#index.add({ position, timeMs });
  }

  #isEntryDue(timeMs: number): boolean {
    return this.#lastEntryMs === null || timeMs - this.#lastEntryMs >= SOUND_ENTRY_EVERY_MS;
  }
}
