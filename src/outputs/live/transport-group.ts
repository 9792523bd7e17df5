import { ByteClock } from "./byte-clock.ts";
import type { Batch, Transport } from "./sink.ts";
import type { LagLimits, Viewer } from "./viewer.ts";

export type LagVerdict = "keeps-up" | "skipped" | "stalled";

interface FramedOpening {
  readonly opening: Batch;
  readonly framed: Uint8Array;
}

/** The viewers of one transport: everything is framed once for all of them. */
export class TransportGroup {
  readonly viewers = new Set<Viewer>();
  readonly #transport: Transport;
  readonly #header: Uint8Array;
  #limits: LagLimits;
  readonly #sent: ByteClock;
  #opening: FramedOpening | null = null;
  #beginning: FramedOpening | null = null;

  constructor(transport: Transport, header: Batch, limits: LagLimits) {
    this.#transport = transport;
    this.#header = transport.frame(header);
    this.#limits = limits;
    this.#sent = new ByteClock(limits.maxLagMs);
  }

  setLimits(limits: LagLimits): void {
    this.#limits = limits;
    this.#sent.setSpan(limits.maxLagMs);
  }

  join(viewer: Viewer, opening: Batch, mediaMs: number): void {
    this.viewers.add(viewer);
    viewer.begin(this.#beginningOf(opening), mediaMs);
  }

  /**
   * Offers a batch to all; those who can begin get the opening in its place. Runs for every batch and every viewer:
   * copies and allocates nothing per viewer.
   */
  offer(batch: Batch, opening: Batch | null, mediaMs: number): void {
    const framed = this.#transport.frame(batch);
    this.#sent.add(framed.length, mediaMs);
    const begin = opening === null ? null : () => this.#openingOf(opening);
    for (const viewer of this.viewers) viewer.offer(framed, begin, mediaMs);
  }

  /** Judges a viewer by what it has acknowledged. `nowMs` is of a clock that does not step, unlike media time. */
  look(viewer: Viewer, acknowledgedBytes: number, nowMs: number, mediaMs: number): LagVerdict {
    const { maxLagMs, viewerTimeoutMs } = viewer.limitsOf(this.#limits);
    const owedBytes = viewer.sentBytes - acknowledgedBytes;
    const oldestMs = this.#sent.ageMs(owedBytes, mediaMs);
    if (viewer.look(owedBytes, oldestMs, nowMs, mediaMs) > viewerTimeoutMs) return "stalled";
    if (viewer.lagMs <= maxLagMs) return "keeps-up";
    viewer.skip();
    return "skipped";
  }

  #openingOf(opening: Batch): Uint8Array {
    if (this.#opening?.opening !== opening)
      this.#opening = { opening, framed: this.#transport.frame(opening) };
    return this.#opening.framed;
  }

  #beginningOf(opening: Batch): Uint8Array {
    if (this.#beginning?.opening !== opening)
      this.#beginning = { opening, framed: Buffer.concat([this.#header, this.#transport.frame(opening)]) };
    return this.#beginning.framed;
  }
}
