import { Subscriber } from "../subscriber.ts";
import type { Sink } from "./sink.ts";

export interface LagLimits {
  /** A viewer to whom more media than this is owed is skipped to the next key frame. */
  readonly maxLagMs: number;
  /** A viewer who is owed something and takes nothing of it for so long is dropped. */
  readonly viewerTimeoutMs: number;
}

/** Who watches, as far as its connection tells. */
export interface Who {
  /** What it is called by, of this server's viewers: no other one ever has it. */
  readonly id: number;
  readonly address: string;
  readonly sinceMs: number;
}

/** One who watches a stream: a sink, and where in the stream it stands. */
export class Viewer extends Subscriber<Uint8Array> {
  readonly who: Who;
  readonly sink: Sink;
  /** Its own; null: as for others. */
  readonly #maxLagMs: number | null;
  #sentBytes = 0;
  /** Sent and not acknowledged, as of the last look. */
  #owedBytes = 0;
  #lagMs = 0;
  /** The most that it had acknowledged at any look, and when that was; null before the first. */
  #taken: { readonly bytes: number; readonly atMs: number } | null = null;

  constructor(sink: Sink, who: Who, maxLagMs: number | null = null) {
    super();
    this.sink = sink;
    this.who = who;
    this.#maxLagMs = maxLagMs;
  }

  /** What holds for it, where this holds for others. */
  limitsOf(limits: LagLimits): LagLimits {
    return this.#maxLagMs === null ? limits : { ...limits, maxLagMs: this.#maxLagMs };
  }

  get sentBytes(): number {
    return this.#sentBytes;
  }

  /** How long ago the oldest byte that its other end has not acknowledged was sent, in media time, as of the last look. */
  get lagMs(): number {
    return this.#lagMs;
  }

  /**
   * Notes how it does, and returns for how long it has taken nothing of what it is owed, in ms.
   * @param oldestMs how long ago, in media time, the oldest of the owed bytes was sent
   */
  look(owedBytes: number, oldestMs: number, nowMs: number, mediaMs: number): number {
    this.#owedBytes = owedBytes;
    this.#lagMs = this.lagOf(oldestMs, mediaMs);
    const bytes = this.#sentBytes - owedBytes;
    if (this.#taken === null || owedBytes <= 0 || bytes > this.#taken.bytes)
      this.#taken = { bytes, atMs: nowMs };
    return nowMs - this.#taken.atMs;
  }

  protected get isDrained(): boolean {
    return this.#owedBytes <= 0;
  }

  protected write(framed: Uint8Array): void {
    this.#sentBytes += framed.length;
    this.sink.write(framed);
  }
}

/** So many looks see within a fourth of its time that somebody stands still. */
const LOOKS_PER_TIMEOUT = 4;

/** In how long a viewer may be too far behind, or its standing still has to be seen; none for who waits for a key frame. */
export function spareOf(viewer: Viewer, limits: LagLimits): number {
  if (viewer.state !== "live") return 0;
  const { maxLagMs, viewerTimeoutMs } = viewer.limitsOf(limits);
  return Math.min(Math.max(maxLagMs - viewer.lagMs, 0), viewerTimeoutMs / LOOKS_PER_TIMEOUT);
}
