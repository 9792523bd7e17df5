import type { Batch, Sink } from "./sink.ts";

export interface LagLimits {
  /** Backed up for longer than this, in media time: the viewer is skipped to the next key frame. */
  readonly maxLagMs: number;
  /** Backed up for longer than this, in media time: the viewer is dropped. */
  readonly maxStallMs: number;
}

/** What became of a viewer at a look on its lag. */
export type LagVerdict = "keeps-up" | "skipped" | "stalled";

/** One who watches a channel: a sink, and where in the stream it stands. */
export class Viewer {
  readonly #sink: Sink;
  #state: "waiting-for-key" | "live" = "waiting-for-key";
  /** Media time at which the sink said that it is backed up; null while it takes what it gets. */
  #backedUpSinceMs: number | null = null;
  #skips = 0;

  constructor(sink: Sink) {
    this.#sink = sink;
  }

  get state(): "waiting-for-key" | "live" {
    return this.#state;
  }

  /** How often the viewer fell behind and was taken on to a later key frame. */
  get skips(): number {
    return this.#skips;
  }

  /** The sink says that its connection has taken everything; only after a `write` that returned false. */
  drained(): void {
    this.#backedUpSinceMs = null;
  }

  /** Writes what comes before the stream itself: the FLV header. */
  greet(header: Batch, nowMs: number): void {
    this.#write(header, nowMs);
  }

  /** Whether the viewer waits for a key frame and has taken everything from before it. */
  get canBegin(): boolean {
    return this.#state === "waiting-for-key" && this.#backedUpSinceMs === null;
  }

  /** Goes live with an opening: all that a decoder needs up to now. */
  begin(opening: Batch, nowMs: number): void {
    this.#state = "live";
    this.#write(opening, nowMs);
  }

  /** Takes the next batch of the live stream; a viewer that waits lets it pass. */
  offer(batch: Batch, nowMs: number): void {
    if (this.#state === "live") this.#write(batch, nowMs);
  }

  /** Looks how long the viewer has been backed up; a live one that is too far behind waits for a key frame from now on. */
  judge(nowMs: number, limits: LagLimits): LagVerdict {
    if (this.#backedUpSinceMs === null) return "keeps-up";
    const lagMs = nowMs - this.#backedUpSinceMs;
    if (lagMs > limits.maxStallMs) return "stalled";
    if (lagMs <= limits.maxLagMs || this.#state !== "live") return "keeps-up";
    this.#state = "waiting-for-key";
    this.#skips++;
    return "skipped";
  }

  /** Ends its stream in an orderly way. */
  end(): void {
    this.#sink.end();
  }

  /** Drops its connection. */
  destroy(): void {
    this.#sink.destroy();
  }

  #write(batch: Batch, nowMs: number): void {
    if (!this.#sink.write(batch)) this.#backedUpSinceMs ??= nowMs;
  }
}
