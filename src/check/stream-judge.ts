import { TagType } from "../media/flv/layout.ts";
import { AudioJudge } from "./audio-judge.ts";
import { AudioPace } from "./audio-pace.ts";
import { Composition } from "./composition.ts";
import { Judge } from "./faults.ts";
import { Groups } from "./groups.ts";
import { Interleaving } from "./interleaving.ts";
import { type MediaFacts, MetadataJudge } from "./metadata-judge.ts";
import { type Pace, PaceJudge } from "./pace.ts";
import { judgeEmptiness, judgePresence } from "./presence.ts";
import type { AudioFigures, StreamFigures, VideoFigures } from "./report.ts";
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
    this.#composition.end(this.#video.format?.maxReorderFrames ?? null);
    this.#audioPace.end();
    const pace = (this.#times.video.frames > 0 ? this.#paces.video : this.#paces.audio).end();
    if (pace.isLive) this.#stalls.end(atMs);
    this.#interleaving.end(!pace.isLive);
    judgePresence(this.#header, this.#times, isWhole, this.faults);
    this.#metadata.end(this.#facts(pace, isWhole));
    const hasMedia = this.#video.codecId !== null || this.#audio.codecId !== null;
    judgeEmptiness({ totalBytes: this.#reader.totalBytes, tags: this.#tags, hasMedia }, this.faults);
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
    this.#audioPace.push(tag.timestampMs, this.#audio.format);
    this.#paces.audio.push(tag);
    this.#stalls.push(tag);
  }

  #facts({ isLive }: Pace, isWhole: boolean): MediaFacts {
    const { codecId } = this.#video;
    const { format, extension } = this.#audio;
    return {
      width: this.#video.format?.width ?? null,
      height: this.#video.format?.height ?? null,
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
    return {
      bytes: this.#reader.totalBytes,
      tags: this.#tags,
      durationMs: Math.round(spanMs),
      isLive: pace.isLive,
      burstMs: pace.burstMs,
      speed: pace.speed === null ? null : Math.round(pace.speed * 1000) / 1000,
      encoder: this.#encoder(),
      video: this.#times.video.frames > 0 ? this.#videoFigures(spanMs) : null,
      audio: this.#times.audio.frames > 0 ? this.#audioFigures(spanMs) : null,
    };
  }

  #videoFigures(spanMs: number): VideoFigures {
    const { codecName: codec, format } = this.#video;
    const fps = this.#fps();
    return {
      codec,
      size: format === null ? null : `${format.width}x${format.height}`,
      frames: this.#times.video.frames,
      fps: fps === null ? null : Math.round(fps * 100) / 100,
      bitrateKbps: kbps(this.#mediaBytes.video, spanMs),
      longestGopMs: this.#groups.longestMs,
    };
  }

  #audioFigures(spanMs: number): AudioFigures {
    const { codecName: codec, format } = this.#audio;
    const heard = format?.output ?? format;
    return {
      codec,
      sampleRateHz: heard?.sampleRateHz ?? null,
      channels: heard?.channels ?? null,
      frames: this.#times.audio.frames,
      bitrateKbps: kbps(this.#mediaBytes.audio, spanMs),
    };
  }

  #encoder(): string | null {
    const encoder = this.#metadata.properties?.get("encoder");
    return typeof encoder === "string" ? this.faults.said(encoder, 80) : null;
  }
}

function kbps(bytes: number, spanMs: number): number | null {
  return spanMs > 0 ? Math.round((8 * bytes) / spanMs) : null;
}
