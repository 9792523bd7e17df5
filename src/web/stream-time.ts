import type { StreamClock } from "../media/flv/clock-body.ts";

/** Tells what time it was at the server when a picture was taken: the stream says it once a second. */
export class StreamTime {
  #told: StreamClock | null = null;

  tell(clock: StreamClock): void {
    this.#told = clock;
  }

  /** Another stream begins. */
  forget(): void {
    this.#told = null;
  }

  /** By the server's clock; null as long as it has not said. */
  wallMs(streamMs: number): number | null {
    return this.#told === null ? null : this.#told.wallMs + (streamMs - this.#told.streamMs);
  }
}
