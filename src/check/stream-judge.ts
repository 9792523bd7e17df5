import { TagType } from "../media/flv/layout.ts";
import { AudioJudge } from "./audio-judge.ts";
import { AudioPace } from "./audio-pace.ts";
import { Composition } from "./composition.ts";
import { type Faults, Judge } from "./faults.ts";
import { Groups } from "./groups.ts";
import { Interleaving } from "./interleaving.ts";
import { type MediaFacts, MetadataJudge } from "./metadata-judge.ts";
import { type Pace, PaceJudge } from "./pace.ts";
import type { StreamFigures } from "./report.ts";
import { Stalls } from "./stalls.ts";
import { judgeTagHeader } from "./tag-judge.ts";
import { TagReader } from "./tag-reader.ts";
import { TrackTimes } from "./track-times.ts";
import { type HeaderUnit, type TagUnit, tagType, type Unit } from "./unit.ts";
import { VideoJudge } from "./video-judge.ts";

/** How the bytes came to their end. */
export interface End {
  /** Nothing more would have come; else the reading was broken off. */
  readonly isWhole: boolean;
  /** When the watching ended, on the clock of the arrivals; null for a file. */
  readonly atMs: number | null;
}

/** Judges an FLV stream, whatever bytes it is made of: bytes and their arrival in, findings out. */
export class StreamJudge extends Judge {
  readonly #reader = new TagReader(this.faults);
  readonly #metadata = new MetadataJudge(this.faults);
  readonly #video = new VideoJudge(this.faults);
  readonly #audio = new AudioJudge(this.faults);
  readonly #times = {
    video: new TrackTimes("video", this.faults),
    audio: new TrackTimes("audio", this.faults),
  };
  readonly #interleaving = new Interleaving(this.#times.video, this.#times.audio, this.faults);
  readonly #groups = new Groups(this.faults);
  readonly #composition = new Composition(this.faults);
  readonly #audioPace = new AudioPace(this.faults);
  readonly #paces = { video: new PaceJudge(this.faults), audio: new PaceJudge(this.faults) };
  readonly #stalls = new Stalls(this.faults);
  #header: HeaderUnit | null = null;
  #tags = 0;
  #mediaBytes = { video: 0, audio: 0 };
  #firstKeyMs: number | null = null;
  #firstAudioMs: number | null = null;

  /** When the first key frame came, or without pictures the first sound, on the clock of the arrivals. */
  get firstFrameMs(): number | null {
    return this.#firstKeyMs ?? (this.#times.video.frames === 0 ? this.#firstAudioMs : null);
  }

  /** @param arrivalMs on any monotonic clock; null for a file */
  push(chunk: Uint8Array, arrivalMs: number | null): void {
    for (const unit of this.#reader.push(chunk, arrivalMs)) this.#read(unit);
  }

  /** Judges what can only be seen at the end. */
  end({ isWhole, atMs }: End): StreamFigures {
    for (const unit of this.#reader.end(isWhole)) this.#read(unit);
    this.#video.end();
    this.#audio.end();
    this.#groups.end();
    this.#composition.end(this.#video.sps?.maxReorderFrames ?? null);
    this.#audioPace.end(this.#audio.format);
    const pace = (this.#times.video.frames > 0 ? this.#paces.video : this.#paces.audio).end();
    if (pace.isLive) this.#stalls.end(atMs);
    this.#interleaving.end(!pace.isLive);
    judgePresence(this.#header, this.#times, isWhole, this.faults);
    this.#metadata.end(this.#facts(pace, isWhole));
    this.#judgeEmptiness();
    return this.#figures(pace);
  }

  #read(unit: Unit): void {
    if (unit.kind === "header") {
      this.#header = unit;
      return;
    }
    this.#tags += 1;
    if (!judgeTagHeader(unit, this.faults)) return;
    if (tagType(unit) === TagType.script) this.#metadata.read(unit);
    if (tagType(unit) === TagType.video) this.#readVideo(unit);
    if (tagType(unit) === TagType.audio) this.#readAudio(unit);
  }

  #readVideo(tag: TagUnit): void {
    const frame = this.#video.read(tag);
    if (frame === null) return;
    this.#mediaBytes.video += frame.bytes;
    this.#metadata.noteMedia();
    if (frame.isKey) this.#firstKeyMs ??= tag.arrivalMs;
    this.#times.video.push(tag, frame.compositionTimeMs);
    this.#interleaving.push(tag, this.#times.video);
    this.#groups.push(tag, frame.isKey);
    this.#composition.push(tag, frame);
    this.#paces.video.push(tag);
    this.#stalls.push(tag);
  }

  #readAudio(tag: TagUnit): void {
    const bytes = this.#audio.read(tag);
    if (bytes === null) return;
    this.#mediaBytes.audio += bytes;
    this.#metadata.noteMedia();
    this.#firstAudioMs ??= tag.arrivalMs;
    this.#times.audio.push(tag);
    this.#interleaving.push(tag, this.#times.audio);
    this.#audioPace.push(tag.timestampMs);
    this.#paces.audio.push(tag);
    this.#stalls.push(tag);
  }

  /** What explains the emptiness is the fault, and not the emptiness. */
  #judgeEmptiness(): void {
    const { totalBytes } = this.#reader;
    if (totalBytes === 0) this.report("stream-empty", "0 bytes");
    const isExplained = this.faults.has(
      ...(["signature-wrong", "header-truncated", "stream-empty", "tag-encrypted", "sync-lost"] as const),
      ...(["tag-empty", "stream-truncated"] as const),
    );
    const hasMedia = this.#video.codecId !== null || this.#audio.codecId !== null;
    if (!hasMedia && !isExplained && totalBytes > 0)
      this.report("no-media", `${this.#tags} tags in ${totalBytes} bytes`);
  }

  #facts({ isLive }: Pace, isWhole: boolean): MediaFacts {
    const { sps, codecId } = this.#video;
    const { format, extension } = this.#audio;
    return {
      width: sps?.width ?? null,
      height: sps?.height ?? null,
      fps: this.#fps(),
      videoCodecId: codecId,
      audioCodecId: this.#audio.codecId,
      sampleRateHz: format?.sampleRateHz ?? null,
      channels: format?.channels ?? null,
      extension,
      isLive,
      lastMs: Math.max(this.#times.video.lastMs ?? 0, this.#times.audio.lastMs ?? 0),
      fileSpanMs: isWhole && !isLive && !this.faults.has("stream-truncated") ? this.#spanMs() : null,
    };
  }

  /** Without gaps: what is missing does not slow a stream down. */
  #fps(): number | null {
    const { stepMs, isBroken } = this.#times.video;
    return stepMs === null || isBroken ? null : 1000 / stepMs;
  }

  #spanMs(): number {
    return Math.max(this.#times.video.spanMs, this.#times.audio.spanMs);
  }

  #figures(pace: Pace): StreamFigures {
    const spanMs = this.#spanMs();
    const { sps } = this.#video;
    const { format } = this.#audio;
    const kbps = (bytes: number) => (spanMs > 0 ? Math.round((8 * bytes) / spanMs) : null);
    const video = this.#times.video.frames > 0;
    const audio = this.#times.audio.frames > 0;
    return {
      bytes: this.#reader.totalBytes,
      tags: this.#tags,
      durationMs: Math.round(spanMs),
      isLive: pace.isLive,
      burstMs: pace.burstMs,
      speed: pace.speed === null ? null : Math.round(pace.speed * 1000) / 1000,
      encoder: this.#encoder(),
      video: !video
        ? null
        : {
            codec: this.#video.codecName,
            size: sps === null ? null : `${sps.width}x${sps.height}`,
            frames: this.#times.video.frames,
            fps: rounded(this.#fps()),
            bitrateKbps: kbps(this.#mediaBytes.video),
            longestGopMs: this.#groups.longestMs,
          },
      audio: !audio
        ? null
        : {
            codec: this.#audio.codecName,
            sampleRateHz: format?.sampleRateHz ?? null,
            channels: format?.channels ?? null,
            frames: this.#times.audio.frames,
            bitrateKbps: kbps(this.#mediaBytes.audio),
          },
    };
  }

  #encoder(): string | null {
    const encoder = this.#metadata.properties?.get("encoder");
    return typeof encoder === "string" ? encoder.slice(0, 80) : null;
  }
}

function rounded(value: number | null): number | null {
  return value === null ? null : Math.round(value * 100) / 100;
}

/** TypeFlags (FLV 10.1, E.2). */
const AUDIO = 0b100;
const VIDEO = 0b001;
/** A track that has not begun so long after the other will not. */
const TRACK_TIMEOUT_MS = 1000;

const AT_FLAGS = { offset: 4, tag: null, timestampMs: null } as const;

/** Holds the tracks that the header promises against those that came. */
export function judgePresence(
  header: HeaderUnit | null,
  { video, audio }: { readonly video: TrackTimes; readonly audio: TrackTimes },
  isWhole: boolean,
  faults: Faults,
): void {
  const has = { video: video.firstMs !== null, audio: audio.firstMs !== null };
  if (header === null || (!has.video && !has.audio)) return;
  const flags = `TypeFlags ${header.typeFlags}`;
  const isLongEnough = (track: TrackTimes) => isWhole || track.isBroken || track.spanMs >= TRACK_TIMEOUT_MS;
  const promises = (flag: number) => (header.typeFlags & flag) !== 0;
  if (promises(AUDIO) && !has.audio && isLongEnough(video))
    faults.report("header-promises-audio", `${flags}, but only video`, AT_FLAGS);
  if (promises(VIDEO) && !has.video && isLongEnough(audio))
    faults.report("header-promises-video", `${flags}, but only audio`, AT_FLAGS);
  if (!promises(AUDIO) && has.audio) faults.report("header-hides-audio", flags, AT_FLAGS);
  if (!promises(VIDEO) && has.video) faults.report("header-hides-video", flags, AT_FLAGS);
}
