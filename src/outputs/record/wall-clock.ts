import type { TimedPacket } from "../output.ts";

/** A step back is no mistake of a capture's time if it is more than this. */
const MIN_STEP_BACK_MS = 1000;

/** When packets were captured, and in which of the wall clock's segments that is. */
export class WallClock {
  readonly #segmentMs: number;
  readonly #zone: "utc" | "local";
  /** What the wall clock shows less the stream's time. */
  #offsetMs: number | null = null;

  constructor(segmentMs: number, zone: "utc" | "local") {
    this.#segmentMs = segmentMs;
    this.#zone = zone;
  }

  /** Of a packet without a capture's time, which fills a gap: by those before. */
  captureMs({ capturedMs, timestampMs }: TimedPacket): number {
    if (capturedMs !== null) this.#offsetMs = capturedMs - timestampMs;
    this.#offsetMs ??= Date.now() - timestampMs;
    return Math.round(timestampMs + this.#offsetMs);
  }

  restart(): void {
    this.#offsetMs = null;
  }

  /** Whether a segment that began at `startMs` is over at `nowMs`, where it is `durationMs` long. */
  isOver(startMs: number, durationMs: number, nowMs: number): boolean {
    const [began, now] = [this.#slotOf(startMs), this.#slotOf(nowMs)];
    return now > began || (now < began && nowMs < startMs + durationMs - MIN_STEP_BACK_MS);
  }

  #slotOf(ms: number): number {
    const aheadMs = this.#zone === "utc" ? 0 : -new Date(ms).getTimezoneOffset() * 60_000;
    return Math.floor((ms + aheadMs) / this.#segmentMs);
  }
}
