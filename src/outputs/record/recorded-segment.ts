import { openFileMetadata } from "../../media/flv/file-metadata.ts";
import { SOUND_ENTRY_EVERY_MS } from "../../media/flv/file-scanner.ts";
import { encodeHeader } from "../../media/flv/header.ts";
import { previousTagSizeBytes, tagHeaderBytes } from "../../media/flv/layout.ts";
import type { Tag } from "../../media/flv/tag.ts";
import { TrackTimes } from "../../media/flv/track-times.ts";
import { type Packet, type TrackName, trackOf } from "../../media/packet.ts";
import type { Begun, FoundFile } from "../../recordings/disk-protocol.ts";
import type { Segment } from "../../recordings/segment.ts";
import { segmentId } from "../../recordings/segment-path.ts";
import type { SegmentWriter } from "../../recordings/segment-writer.ts";
import { FlvPackager } from "../flv-packager.ts";
import type { StreamInfo, TimedPacket } from "../output.ts";

export interface RecordedSegmentOptions {
  readonly stream: StreamInfo;
  /** Of each track. */
  readonly settings: readonly TimedPacket[];
  readonly writer: SegmentWriter;
  /** The stream's time at which its own begins. */
  readonly baseMs: number;
  readonly startMs: number;
  /** For which its index has room. */
  readonly maxKeyFrames: number;
}

/** Sound waits for a video frame, so that both are one write; no longer than this. */
const MAX_WAIT_MS = 100;

/** A segment that is being written: packets become tags, whose time begins at 0. Each of its tracks has one codec. */
export class RecordedSegment {
  readonly baseMs: number;
  readonly startMs: number;
  readonly writer: SegmentWriter;
  readonly #packager: FlvPackager;
  readonly #codecs: Map<TrackName, Packet["codec"]>;
  #hasSound = false;
  readonly #maxKeyFrames: number;
  #begun: Begun | null = null;
  readonly #hasVideo: boolean;
  readonly #video = new TrackTimes();
  readonly #audio = new TrackTimes();
  /** Tags that wait, and where among them a key frame is. */
  #tags: Uint8Array[] = [];
  #tagBytes = 0;
  #key: { readonly at: number; readonly ms: number } | null = null;
  /** Of the last one that is in the index. */
  #entryMs: number | null = null;
  /** Of the first tag that waits; null while a video frame is among them. */
  #waitingMs: number | null = null;
  #bytes = 0;
  #lastMs = 0;

  constructor({ stream, settings, writer, baseMs, startMs, maxKeyFrames }: RecordedSegmentOptions) {
    this.baseMs = baseMs;
    this.startMs = startMs;
    this.writer = writer;
    this.#packager = new FlvPackager(stream);
    this.#codecs = new Map(settings.map(({ packet }) => [trackOf(packet), packet.codec]));
    this.#maxKeyFrames = maxKeyFrames;
    this.#hasVideo = stream.tracks.video;
    this.#add(encodeHeader(stream.tracks));
    for (const { packet } of settings)
      for (const tag of this.#packager.push({ packet, timestampMs: 0, capturedMs: null }))
        this.#add(this.#bytesOf(tag));
  }

  /** Resolves when it has a file, or gets none. */
  async begun(): Promise<void> {
    this.#begun = await this.writer.begun;
  }

  /** What is of another codec is left out: that is for the next one. */
  push(timed: TimedPacket): void {
    const { packet } = timed;
    if (packet.kind === "audio-config" && !this.#hasSound) this.#codecs.set("audio", packet.codec);
    if (this.#codecs.get(trackOf(packet)) !== packet.codec) return;
    if (packet.kind === "audio-frame") this.#hasSound = true;
    const ownMs = timed.timestampMs - this.baseMs;
    if (this.#isEntry(timed, ownMs)) this.#pushEntry(timed, ownMs);
    else this.#push(timed, ownMs);
    if (packet.kind === "video-frame") this.#video.add(ownMs);
    if (packet.kind === "audio-frame") this.#audio.add(ownMs);
    this.#lastMs = Math.max(this.#lastMs, ownMs);
    const waitingMs = this.#waitingMs ?? ownMs;
    this.#waitingMs = packet.kind === "video-frame" ? Number.NEGATIVE_INFINITY : waitingMs;
  }

  /** Sends what is due. Resolves when more may be sent. */
  flush(isLast = false): void | Promise<void> {
    const isDue = this.#waitingMs !== null && this.#lastMs - this.#waitingMs >= MAX_WAIT_MS;
    if (this.#tags.length === 0 || !(isDue || isLast)) return;
    const [tags, key] = [this.#tags, this.#key];
    this.#bytes += this.#tagBytes;
    this.#tags = [];
    this.#tagBytes = 0;
    this.#key = null;
    this.#waitingMs = null;
    const endMs = Math.max(this.#video.endMs, this.#audio.endMs);
    return this.writer.append({ keyAt: key?.at ?? null, keyMs: key?.ms ?? 0, endMs }, tags);
  }

  now(): Segment | null {
    if (this.#begun === null) return null;
    const { file, count } = this.#begun;
    return {
      ...{ id: segmentId(this.startMs, count), startMs: this.startMs, durationMs: this.#lastMs },
      ...{ bytes: this.#bytes, state: "recording", isKept: false, file, modifiedMs: Date.now() },
    };
  }

  done({ file, durationMs, bytes, modifiedMs, isRepaired, ...found }: FoundFile): Segment {
    const { startMs } = this;
    const id = segmentId(startMs, this.#begun?.count ?? found.count);
    const state = isRepaired ? "repaired" : "done";
    return { id, startMs, durationMs, bytes, state, isKept: false, file, modifiedMs };
  }

  /** A message says where one key frame is. */
  #pushEntry(timed: TimedPacket, ownMs: number): void {
    if (this.#key !== null) void this.flush(true); // what follows waits for the same
    this.#push(timed, ownMs);
    const keyBytes = this.#tags.at(-1)?.length ?? 0; // its tag is the last one
    this.#key = { at: this.#tagBytes - keyBytes, ms: ownMs };
    this.#entryMs = ownMs;
  }

  #push({ packet }: TimedPacket, ownMs: number): void {
    for (const tag of this.#packager.push({ packet, timestampMs: ownMs, capturedMs: null }))
      this.#add(tag.bytes);
  }

  #isEntry({ packet }: TimedPacket, ownMs: number): boolean {
    if (packet.kind === "video-frame") return packet.isKey;
    if (this.#hasVideo || packet.kind !== "audio-frame") return false;
    return this.#entryMs === null || ownMs - this.#entryMs >= SOUND_ENTRY_EVERY_MS;
  }

  #add(bytes: Uint8Array): void {
    this.#tags.push(bytes);
    this.#tagBytes += bytes.length;
  }

  #bytesOf({ role, bytes }: Tag): Uint8Array {
    if (role !== "metadata") return bytes;
    const body = bytes.subarray(tagHeaderBytes, bytes.length - previousTagSizeBytes);
    return openFileMetadata(body, this.startMs, this.#maxKeyFrames);
  }
}
