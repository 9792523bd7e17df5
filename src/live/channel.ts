import type { Tag } from "../flv/tag.ts";
import { toBatch } from "./batch.ts";
import { type GroupLimits, Opening } from "./opening.ts";
import type { Batch, Sink } from "./sink.ts";
import { type LagLimits, Viewer } from "./viewer.ts";

export interface ChannelLimits extends GroupLimits, LagLimits {
  readonly maxViewers: number;
}

const defaultLimits: ChannelLimits = {
  maxViewers: 5000,
  maxGroupBytes: 32 * 1024 * 1024,
  maxGroupMs: 60_000,
  maxLagMs: 5000,
  maxStallMs: 30_000,
};

export interface ChannelOptions {
  readonly name: string;
  /** The FLV header and PreviousTagSize0: every viewer's first 13 bytes. */
  readonly header: Uint8Array;
  readonly hasVideo: boolean;
  readonly limits?: Partial<ChannelLimits>;
}

/**
 * Whether a viewer may join now. Not ready: no key frame yet, so there is nothing that a decoder could begin with.
 * Full: there are as many viewers as the limit allows.
 */
export type Admission = "open" | "not-ready" | "full";

/**
 * One live stream and all who watch it. Tags are collected by `publish` and go out with `flush`: one batch, the same
 * object for every viewer. The clock is the media's own: the newest timestamp that has been published.
 */
export class Channel {
  readonly name: string;
  readonly #header: Batch;
  readonly #limits: ChannelLimits;
  /** With a tag of this role a decoder can begin. */
  readonly #entryRole: "key" | "audio";
  readonly #opening: Opening;
  readonly #viewers = new Set<Viewer>();
  readonly #pending: Tag[] = [];
  #state: "not-ready" | "ready" | "ended" = "not-ready";
  #nowMs = 0;
  #skips = 0;
  #stalls = 0;

  constructor({ name, header, hasVideo, limits }: ChannelOptions) {
    this.name = name;
    this.#header = { bytes: header };
    this.#limits = { ...defaultLimits, ...limits };
    this.#entryRole = hasVideo ? "key" : "audio";
    this.#opening = new Opening(hasVideo, this.#limits);
  }

  /** Whether a decoder could begin: a key frame has been published, or of sound alone a frame. */
  get isReady(): boolean {
    return this.#state === "ready";
  }

  get viewerCount(): number {
    return this.#viewers.size;
  }

  /** How often viewers fell behind and were taken on to a later key frame, since the channel began. */
  get skips(): number {
    return this.#skips;
  }

  /** How many viewers were dropped because their connection stood still, since the channel began. */
  get stalls(): number {
    return this.#stalls;
  }

  /**
   * Adds a tag to the next batch. Settings and key frames begin a batch of their own, so that a viewer can be let in at
   * the boundary.
   */
  publish(tag: Tag): void {
    if (this.#state === "ended") throw new Error(`channel ${this.name} has ended`);
    if (this.#mustFlushBefore(tag)) this.flush();
    this.#pending.push(tag);
    this.#opening.add(tag);
    this.#nowMs = Math.max(this.#nowMs, tag.timestampMs);
    if (tag.role === this.#entryRole) this.#state = "ready";
  }

  /** Offers what has been published since the last time to every viewer; nothing when there is nothing. */
  flush(): void {
    if (this.#pending.length === 0) return;
    const isEntry = this.#pending.some((tag) => tag.role === this.#entryRole);
    const batch = this.#viewers.size > 0 ? toBatch(this.#pending) : null;
    this.#pending.length = 0;
    if (batch !== null) this.#offer(batch, isEntry);
  }

  get admission(): Admission {
    if (this.#state !== "ready") return "not-ready";
    return this.#viewers.size < this.#limits.maxViewers ? "open" : "full";
  }

  /** Lets a viewer in: the header, then the settings and the current group, then what is published from now on. */
  join(sink: Sink): Viewer {
    if (this.admission !== "open") throw new Error(`channel ${this.name} takes no viewer: ${this.admission}`);
    this.flush();
    const viewer = new Viewer(sink);
    this.#viewers.add(viewer);
    viewer.greet(this.#header, this.#nowMs);
    const opening = this.#opening.batch();
    if (opening !== null) viewer.begin(opening, this.#nowMs);
    return viewer;
  }

  /** Forgets a viewer whose connection is gone; its sink is left alone. */
  leave(viewer: Viewer): void {
    this.#viewers.delete(viewer);
  }

  /** The next tag's time begins at 0 again: ends every viewer's stream, and lets none in before the next key frame. */
  startEpoch(): void {
    if (this.#state === "ended") return;
    this.#endViewers();
    this.#opening.restart();
    this.#nowMs = 0;
    this.#state = "not-ready";
  }

  /** Ends every viewer's stream; the channel takes neither tags nor viewers after that. */
  end(): void {
    if (this.#state === "ended") return;
    this.#endViewers();
    this.#opening.restart();
    this.#state = "ended";
  }

  #mustFlushBefore(tag: Tag): boolean {
    const last = this.#pending.at(-1);
    return last !== undefined && !isConfig(last) && (isConfig(tag) || tag.role === "key");
  }

  /** Runs for every batch and every viewer: allocates nothing per viewer. */
  #offer(batch: Batch, isEntry: boolean): void {
    for (const viewer of this.#viewers) {
      const verdict = viewer.judge(this.#nowMs, this.#limits);
      if (verdict === "stalled") {
        this.#stalls++;
        this.#viewers.delete(viewer);
        viewer.destroy();
        continue;
      }
      if (verdict === "skipped") this.#skips++;
      const opening = isEntry && viewer.canBegin ? this.#opening.batch() : null;
      if (opening === null) viewer.offer(batch, this.#nowMs);
      else viewer.begin(opening, this.#nowMs);
    }
  }

  #endViewers(): void {
    this.flush();
    const viewers = [...this.#viewers];
    this.#viewers.clear();
    for (const viewer of viewers) viewer.end();
  }
}

function isConfig(tag: Tag): boolean {
  return tag.role === "metadata" || tag.role === "video-config" || tag.role === "audio-config";
}
