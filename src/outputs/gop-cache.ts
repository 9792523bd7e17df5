import type { PacketRole } from "./output.ts";

export interface GopLimits {
  readonly maxGroupBytes: number;
  readonly maxGroupMs: number;
}

export const defaultGopLimits: GopLimits = { maxGroupBytes: 32 * 1024 * 1024, maxGroupMs: 60_000 };

/** How the cache sees what it keeps: a tag, or a packet. */
export interface CacheItem<Item> {
  readonly role: (item: Item) => PacketRole | "metadata" | "clock";
  readonly timestampMs: (item: Item) => number;
  readonly byteLength: (item: Item) => number;
  /** The same settings at another time. */
  readonly restamp: (item: Item, timestampMs: number) => Item;
}

/** The settings that a decoder needs, in the order in which a stream has them. */
interface Settings<Item> {
  readonly metadata: Item | null;
  readonly videoConfig: Item | null;
  readonly audioConfig: Item | null;
}

interface Group<Item> {
  /** What was in force at the key frame, stamped so that no track's time jumps. */
  readonly settings: readonly Item[];
  /** From the key frame on; settings that changed since stand at their place. */
  readonly items: Item[];
  readonly startMs: number;
  bytes: number;
}

/**
 * The opening: what somebody who joins gets before the live stream, the settings and the current GOP from its key frame. The
 * GOP is whole or not there: one that outgrows its limits is dropped, and the next one counts.
 *
 * Sound alone has no GOPs: decoding begins with any frame, so the settings are enough.
 */
export class GopCache<Item> {
  readonly #seen: CacheItem<Item>;
  readonly #hasVideo: boolean;
  readonly #limits: GopLimits;
  #settings: Settings<Item> = { metadata: null, videoConfig: null, audioConfig: null };
  #group: Group<Item> | null = null;
  #lastAudioMs: number | null = null;
  /** Built when the first one asks; the same for all who ask before the next item. */
  #cached: readonly Item[] | null = null;

  constructor(seen: CacheItem<Item>, hasVideo: boolean, limits: GopLimits = defaultGopLimits) {
    this.#seen = seen;
    this.#hasVideo = hasVideo;
    this.#limits = limits;
  }

  add(item: Item): void {
    this.#cached = null;
    switch (this.#seen.role(item)) {
      case "metadata":
        this.#settings = { ...this.#settings, metadata: item };
        return this.#append(item);
      case "video-config":
        this.#settings = { ...this.#settings, videoConfig: item };
        return this.#append(item);
      case "audio-config":
        this.#settings = { ...this.#settings, audioConfig: item };
        return this.#append(item);
      case "key":
        return this.#begin(item);
      case "delta":
      case "clock":
        return this.#append(item);
      case "audio":
        this.#lastAudioMs = this.#seen.timestampMs(item);
        return this.#append(item);
    }
  }

  get isWhole(): boolean {
    return this.#group !== null || (!this.#hasVideo && this.#lastAudioMs !== null);
  }

  /** What takes somebody from nothing to the newest item; null while there is no whole GOP. */
  opening(): readonly Item[] | null {
    this.#cached ??= this.#build();
    return this.#cached;
  }

  /** Forgets the GOP and the time, not the settings: the stream starts again at 0 with the same codecs. */
  restart(): void {
    this.#group = null;
    this.#lastAudioMs = null;
    this.#cached = null;
  }

  #build(): readonly Item[] | null {
    if (this.#group !== null) return [...this.#group.settings, ...this.#group.items];
    if (this.#hasVideo || this.#lastAudioMs === null) return null;
    return this.settingsAt(this.#lastAudioMs);
  }

  #begin(key: Item): void {
    const startMs = this.#seen.timestampMs(key);
    this.#group = { settings: this.settingsAt(startMs), items: [], startMs, bytes: 0 };
    this.#append(key);
  }

  #append(item: Item): void {
    const group = this.#group;
    if (group === null) return;
    group.items.push(item);
    group.bytes += this.#seen.byteLength(item);
    const isTooLong = this.#seen.timestampMs(item) - group.startMs > this.#limits.maxGroupMs;
    if (isTooLong || group.bytes > this.#limits.maxGroupBytes) this.#group = null;
  }

  /**
   * The settings at the time where somebody begins. Sound runs behind the video by what its encoder holds back: its
   * config is stamped with its own track's time, or the first sounds of the GOP would step back.
   */
  settingsAt(startMs: number): Item[] {
    const { metadata, videoConfig, audioConfig } = this.#settings;
    const audioMs = Math.min(startMs, this.#lastAudioMs ?? startMs);
    return [
      ...(metadata === null ? [] : [metadata]),
      ...(videoConfig === null ? [] : [this.#seen.restamp(videoConfig, startMs)]),
      ...(audioConfig === null ? [] : [this.#seen.restamp(audioConfig, audioMs)]),
    ];
  }
}
