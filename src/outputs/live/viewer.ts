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
  /** An IP address. */
  readonly address: string;
  /** When it came, since the Unix epoch. */
  readonly sinceMs: number;
}

/** One who watches a channel: a sink, and where in the stream it stands. */
export class Viewer {
  readonly who: Who;
  readonly sink: Sink;
  #state: "waiting-for-key" | "live" = "waiting-for-key";
  #skips = 0;
  #sentBytes = 0;
  /** Sent and not acknowledged, as of the last look. */
  #owedBytes = 0;
  #lagMs = 0;
  /** The most that it had acknowledged at any look, and when that was; null before the first. */
  #taken: { readonly bytes: number; readonly atMs: number } | null = null;
  /** Media time at which it last began with an opening. */
  #beganMs = 0;

  constructor(sink: Sink, who: Who) {
    this.sink = sink;
    this.who = who;
  }

  get state(): "waiting-for-key" | "live" {
    return this.#state;
  }

  /** How often the viewer fell behind and was taken on to a later key frame. */
  get skips(): number {
    return this.#skips;
  }

  /** Bytes that were sent to it, framing included. */
  get sentBytes(): number {
    return this.#sentBytes;
  }

  /** How long ago the oldest byte that its other end has not acknowledged was sent, in media time, as of the last look. */
  get lagMs(): number {
    return this.#lagMs;
  }

  /** Whether the viewer waits for a key frame and has taken everything from before it. */
  get canBegin(): boolean {
    return this.#state === "waiting-for-key" && this.#owedBytes <= 0;
  }

  /** Takes what comes before the stream: the FLV header, framed. */
  greet(framed: Uint8Array): void {
    this.#write(framed);
  }

  /** Goes live with an opening, framed: all that a decoder needs up to now. */
  begin(framed: Uint8Array, mediaMs: number): void {
    this.#state = "live";
    this.#beganMs = mediaMs;
    this.#write(framed);
  }

  /** Takes the next batch of the live stream, framed; a viewer that waits lets it pass. */
  offer(framed: Uint8Array): void {
    if (this.#state === "live") this.#write(framed);
  }

  /** Notes how it does, and returns for how long it has taken nothing of what it is owed, in ms. */
  look(owedBytes: number, lagMs: number, nowMs: number): number {
    this.#owedBytes = owedBytes;
    this.#lagMs = lagMs;
    const bytes = this.#sentBytes - owedBytes;
    if (this.#taken === null || owedBytes <= 0 || bytes > this.#taken.bytes)
      this.#taken = { bytes, atMs: nowMs };
    return nowMs - this.#taken.atMs;
  }

  /** For how much media time it has been live since it last began. */
  liveMs(mediaMs: number): number {
    return this.#state === "live" ? mediaMs - this.#beganMs : 0;
  }

  /** Is too far behind: waits for a key frame from now on. */
  skip(): void {
    this.#state = "waiting-for-key";
    this.#skips++;
  }

  #write(framed: Uint8Array): void {
    this.#sentBytes += framed.length;
    this.sink.write(framed);
  }
}
