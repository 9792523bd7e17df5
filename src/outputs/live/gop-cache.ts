import { restamp, type Tag } from "../../media/flv/tag.ts";
import { type Batch, toBatch } from "./sink.ts";

export interface GroupLimits {
  /** A group that outgrows this is not kept. */
  readonly maxGroupBytes: number;
  /** A group that lasts longer than this is not kept. */
  readonly maxGroupMs: number;
}

/** The settings that a decoder needs, in the order in which a stream has them. */
interface Settings {
  readonly metadata: Tag | null;
  readonly videoConfig: Tag | null;
  readonly audioConfig: Tag | null;
}

/** A key frame and all that came since. */
interface Group {
  /** What was in force at the key frame, stamped so that no track's time jumps. */
  readonly settings: readonly Tag[];
  /** From the key frame on; settings that changed since stand at their place. */
  readonly tags: Tag[];
  readonly startMs: number;
  bytes: number;
}

/**
 * What a late viewer gets between the FLV header and the live stream: the settings, and the current group from its key
 * frame. The group is whole or not there: one that outgrows its limits is dropped, and the next one counts.
 *
 * Sound alone has no groups: decoding begins with any frame, so the settings are enough.
 */
export class GopCache {
  readonly #hasVideo: boolean;
  readonly #limits: GroupLimits;
  #settings: Settings = { metadata: null, videoConfig: null, audioConfig: null };
  #group: Group | null = null;
  #lastAudioMs: number | null = null;
  /** Built when the first viewer asks; the same for all who ask before the next tag. */
  #cached: Batch | null = null;

  constructor(hasVideo: boolean, limits: GroupLimits) {
    this.#hasVideo = hasVideo;
    this.#limits = limits;
  }

  add(tag: Tag): void {
    this.#cached = null;
    switch (tag.role) {
      case "metadata":
        this.#settings = { ...this.#settings, metadata: tag };
        return this.#append(tag);
      case "video-config":
        this.#settings = { ...this.#settings, videoConfig: tag };
        return this.#append(tag);
      case "audio-config":
        this.#settings = { ...this.#settings, audioConfig: tag };
        return this.#append(tag);
      case "key":
        return this.#begin(tag);
      case "delta":
      case "clock":
        return this.#append(tag);
      case "audio":
        this.#lastAudioMs = tag.timestampMs;
        return this.#append(tag);
    }
  }

  /** What takes a viewer from nothing to the newest tag; null while there is no whole group. */
  batch(): Batch | null {
    this.#cached ??= this.#build();
    return this.#cached;
  }

  /** Forgets the group and the time, not the settings: the stream starts again at 0 with the same codecs. */
  restart(): void {
    this.#group = null;
    this.#lastAudioMs = null;
    this.#cached = null;
  }

  #build(): Batch | null {
    if (this.#group !== null) return toBatch([...this.#group.settings, ...this.#group.tags]);
    if (this.#hasVideo || this.#lastAudioMs === null) return null;
    return toBatch(this.#settingsAt(this.#lastAudioMs));
  }

  #begin(key: Tag): void {
    this.#group = {
      settings: this.#settingsAt(key.timestampMs),
      tags: [],
      startMs: key.timestampMs,
      bytes: 0,
    };
    this.#append(key);
  }

  #append(tag: Tag): void {
    const group = this.#group;
    if (group === null) return;
    group.tags.push(tag);
    group.bytes += tag.bytes.length;
    const isTooLong = tag.timestampMs - group.startMs > this.#limits.maxGroupMs;
    if (isTooLong || group.bytes > this.#limits.maxGroupBytes) this.#group = null;
  }

  /**
   * The settings at the time where a viewer begins. Sound runs behind the picture by what its encoder holds back: its
   * config is stamped with its own track's time, or the first sounds of the group would step back.
   */
  #settingsAt(startMs: number): Tag[] {
    const { metadata, videoConfig, audioConfig } = this.#settings;
    const audioMs = Math.min(startMs, this.#lastAudioMs ?? startMs);
    return [
      ...(metadata === null ? [] : [metadata]),
      ...(videoConfig === null ? [] : [restamp(videoConfig, startMs)]),
      ...(audioConfig === null ? [] : [restamp(audioConfig, audioMs)]),
    ];
  }
}
