import type { Tag } from "../../media/flv/tag.ts";
import type { Followed } from "../../system/lag-watch.ts";
import { Demand } from "../demand.ts";
import { BatchSpan, batchMs, type Schedule } from "./batch-interval.ts";
import { KeyWaiters } from "./key-waiters.ts";
import { defaultHubLimits, type HubLimits } from "./limits.ts";
import { Opening } from "./opening.ts";
import { type Batch, batchOf, type Sink, type Transport, toBatch } from "./sink.ts";
import { type LagVerdict, TransportGroup } from "./transport-group.ts";
import { spareOf, Viewer, type Who } from "./viewer.ts";
import { newTally, type ViewerTotals } from "./viewer-totals.ts";

export interface HubOptions {
  readonly name: string;
  /** The FLV header and PreviousTagSize0: every viewer's first 13 bytes. */
  readonly header: Uint8Array;
  readonly hasVideo: boolean;
  readonly limits?: Partial<HubLimits>;
  /** What lets a batch wait; without it none does. */
  readonly schedule?: Schedule;
  /** Hears of each viewer who joins or leaves, or whose stream ends, once that is done. */
  readonly onViewer?: ViewerListener;
  readonly demand?: Demand;
  /** Has the viewers of all streams counted; absent where there is no other stream. */
  readonly allViewers?: Demand;
  /** Of the stream, where it may have another hub after this one. */
  readonly keyWaiters?: KeyWaiters;
}

export type ViewerListener = (change: "joined" | "left", who: Who) => void;

/**
 * Whether a viewer may join now. Not ready: no key frame yet, so there is nothing that a decoder could begin with.
 * Full: there are as many viewers, and others who wait, as the limit allows. No key frame: the last one is so long ago that
 * what came since is not kept.
 */
export type Admission = "open" | "not-ready" | "full" | "no-key-frame" | "ended";

/**
 * One live stream and all who watch it. Tags are collected by `publish` and go out with `flush`: one batch, framed once
 * for each transport. The clock is the media's own: the newest timestamp that has been published.
 */
export class Hub {
  readonly name: string;
  readonly keyWaiters: KeyWaiters;
  /** Else another hub may still have what they wait for. */
  readonly #ownsWaiters: boolean;
  readonly #demand: Demand;
  readonly #allViewers: Demand;
  readonly #releases = new Map<Viewer, readonly (() => void)[]>();
  readonly #header: Batch;
  #limits: HubLimits;
  readonly #schedule: Schedule | null;
  /** With a tag of this role a decoder can begin. */
  readonly #entryRole: "key" | "audio";
  readonly #opening: Opening;
  readonly #groups = new Map<Transport, TransportGroup>();
  #pending: Tag[] = [];
  readonly #span = new BatchSpan();
  /** Takes back the flush that waits for its time; null while none does. */
  #cancelFlush: (() => void) | null = null;
  #state: "not-ready" | "ready" | "ended" = "not-ready";
  #nowMs = 0;
  /** When a decoder could begin last, in media time. */
  #entryMs = 0;
  #viewerCount = 0;
  readonly #tally = newTally();
  readonly #onViewer: ViewerListener;
  #onLook: (lagMs: number) => void = () => undefined;

  constructor({ name, header, hasVideo, limits, schedule, ...options }: HubOptions) {
    this.name = name;
    this.#header = batchOf([header]);
    this.#limits = { ...defaultHubLimits, ...limits };
    this.#schedule = schedule ?? null;
    this.#onViewer = options.onViewer ?? (() => undefined);
    this.#demand = options.demand ?? new Demand();
    this.#allViewers = options.allViewers ?? new Demand();
    this.#ownsWaiters = options.keyWaiters === undefined;
    this.keyWaiters = options.keyWaiters ?? new KeyWaiters(this.#demand);
    this.#entryRole = hasVideo ? "key" : "audio";
    this.#opening = new Opening(hasVideo, this.#limits);
  }

  /** From now on these hold; what is not given goes back to its default. Those who watch stay. */
  setLimits(limits: Partial<HubLimits>): void {
    this.#limits = { ...defaultHubLimits, ...limits };
    for (const group of this.#groups.values()) group.setLimits(this.#limits);
  }

  /** Whether a decoder could begin: a key frame has been published, or of sound alone a frame. */
  get isReady(): boolean {
    return this.#state === "ready";
  }

  get viewerCount(): number {
    return this.#viewerCount;
  }

  get totals(): ViewerTotals {
    return this.#tally;
  }

  /** Bytes that were sent to viewers, framing included, since the hub began. */
  get sentBytes(): number {
    return this.viewers.reduce((sum, { sentBytes }) => sum + sentBytes, this.#tally.departedBytes);
  }

  get batchMs(): number {
    return this.#schedule === null
      ? 0
      : batchMs(this.#viewerCount, this.#allViewers.count, this.#limits.maxBatchMs);
  }

  /** Has each lag told that is found from now on, to one who measures. */
  onLook(listener: (lagMs: number) => void): void {
    this.#onLook = listener;
  }

  /** Media that may be owed to a viewer before it is skipped, unless its own limit is another. */
  get maxLagMs(): number {
    return this.#limits.maxLagMs;
  }

  get keyWaitMs(): number {
    return this.#limits.keyWaitMs;
  }

  hold(onOver: () => void): () => void {
    return this.keyWaiters.hold(onOver);
  }

  get viewers(): readonly Viewer[] {
    return [...this.#groups.values()].flatMap((group) => [...group.viewers]);
  }

  publish(tag: Tag): void {
    if (this.#state === "ended") throw new Error(`hub ${this.name} has ended`);
    this.#pending.push(tag);
    this.#nowMs = Math.max(this.#nowMs, tag.timestampMs);
    if (tag.role === this.#entryRole || tag.role === "delta") this.#span.add(tag.timestampMs);
    if (tag.role !== this.#entryRole) return;
    this.#state = "ready";
    this.#entryMs = tag.timestampMs;
  }

  /**
   * All that has come is published: it goes to every viewer, at once where there is a key frame in it or viewers are
   * few, else when the batch has had its time (`batchMs`), or nothing more would come within it.
   */
  flush(): void {
    if (this.#pending.length === 0) return;
    const waitMs = this.batchMs;
    const isDue = waitMs === 0 || this.#span.isComplete(waitMs);
    if (isDue || this.#pending.some((tag) => tag.role === "key")) this.#send();
    else this.#cancelFlush ??= this.#schedule?.(() => this.#send(), waitMs) ?? null;
  }

  get admission(): Admission {
    if (this.#state !== "ready") return this.#state;
    if (this.#viewerCount + this.keyWaiters.count >= this.#limits.maxViewers) return "full";
    return this.#opening.isWhole ? "open" : "no-key-frame";
  }

  get sinceKeyMs(): number {
    return this.#nowMs - this.#entryMs;
  }

  /**
   * Lets a viewer in: the header, then the settings and the current group, then what is sent from now on.
   * @param maxLagMs its own limit, no more than the hub's: further back, nothing is known
   */
  join(sink: Sink, who: Who, maxLagMs: number | null = null): Viewer {
    if (this.admission !== "open") throw new Error(`hub ${this.name} takes no viewer: ${this.admission}`);
    const opening = this.#opening.batch();
    if (opening === null) throw new Error(`hub ${this.name} has no opening`);
    const viewer = new Viewer(sink, who, maxLagMs);
    this.#releases.set(viewer, [this.#demand.take(), this.#allViewers.take()]);
    this.#viewerCount++;
    this.#groupOf(sink.transport).join(viewer, opening, this.#nowMs);
    this.#onViewer("joined", who);
    return viewer;
  }

  /** Forgets a viewer whose connection is gone; its sink is left alone. */
  leave(viewer: Viewer): void {
    const { transport } = viewer.sink;
    const group = this.#groups.get(transport);
    if (group === undefined || !group.viewers.delete(viewer)) return;
    this.#viewerCount--;
    this.#note(viewer);
    if (group.viewers.size === 0) this.#groups.delete(transport);
    this.#onViewer("left", viewer.who);
  }

  remove(viewer: Viewer): void {
    this.#tally.removals++;
    this.leave(viewer);
    viewer.sink.end();
  }

  /**
   * Judges a viewer by how many of the bytes that were sent to it its other end has acknowledged. `nowMs` is of a clock
   * that does not step. One that is too far behind waits for a key frame from then on, and for having taken all from
   * before it; one whose connection stands still is dropped.
   */
  look(viewer: Viewer, acknowledgedBytes: number, nowMs: number): LagVerdict {
    const group = this.#groups.get(viewer.sink.transport);
    const verdict = group?.look(viewer, acknowledgedBytes, nowMs, this.#nowMs) ?? "keeps-up";
    this.#onLook(viewer.lagMs);
    if (verdict === "skipped") this.#tally.skips++;
    if (verdict === "stalled") {
      this.#tally.stalls++;
      this.leave(viewer);
      viewer.sink.destroy();
    }
    return verdict;
  }

  /** A viewer as one sees it who looks at connections. */
  followed(viewer: Viewer): Followed {
    const spareMs = () => spareOf(viewer, this.#limits);
    return {
      get handedOverBytes() {
        return viewer.sentBytes - viewer.sink.backlogBytes;
      },
      get spareMs() {
        return spareMs();
      },
      look: (acknowledgedBytes, nowMs) => void this.look(viewer, acknowledgedBytes, nowMs),
    };
  }

  /** The next tag's time begins at 0 again: ends every viewer's stream, and lets none in before the next key frame. */
  startEpoch(): void {
    if (this.#state === "ended") return;
    this.#endViewers();
    this.#nowMs = 0;
    this.#entryMs = 0;
    this.#state = "not-ready";
  }

  /** Ends every viewer's stream; the hub takes neither tags nor viewers after that. */
  end(): void {
    if (this.#state === "ended") return;
    this.#endViewers();
    this.#state = "ended";
    if (this.#ownsWaiters) this.keyWaiters.wake();
  }

  #groupOf(transport: Transport): TransportGroup {
    const group = this.#groups.get(transport) ?? new TransportGroup(transport, this.#header, this.#limits);
    this.#groups.set(transport, group);
    return group;
  }

  #send(): void {
    this.#cancelFlush?.();
    this.#cancelFlush = null;
    this.#span.next();
    if (this.#pending.length === 0) return;
    const tags = this.#pending;
    this.#pending = [];
    this.#opening.add(tags);
    const isEntry = tags.some((tag) => tag.role === this.#entryRole);
    if (isEntry) this.keyWaiters.wake();
    if (this.#viewerCount === 0) return;
    const batch = toBatch(tags);
    const opening = isEntry ? this.#opening.batch() : null;
    for (const group of this.#groups.values()) group.offer(batch, opening, this.#nowMs);
  }

  #note(viewer: Viewer): void {
    this.#tally.departures++;
    this.#tally.departedBytes += viewer.sentBytes;
    for (const release of this.#releases.get(viewer) ?? []) release();
    this.#releases.delete(viewer);
  }

  #endViewers(): void {
    this.#send();
    for (const viewer of this.viewers) {
      this.leave(viewer);
      viewer.sink.end();
    }
    this.#opening.restart();
  }
}
