import type { StreamClock } from "../media/flv/clock-body.ts";

/** One question for the server's time, as clocks are compared over a network (RFC 5905, 8). */
export interface TimeAnswer {
  readonly sentMs: number;
  readonly receivedMs: number;
  /** The server's clock when it answered. */
  readonly serverMs: number;
}

const KEPT_ANSWERS = 8;

/** How far the server's clock is ahead of ours, from the answer that was quickest: it leaves the least room for error. */
export class ServerClock {
  readonly #answers: TimeAnswer[] = [];

  add(answer: TimeAnswer): void {
    this.#answers.push(answer);
    if (this.#answers.length > KEPT_ANSWERS) this.#answers.shift();
  }

  /** Milliseconds to add to our clock; null as long as the server has not been asked. */
  get offsetMs(): number | null {
    const best = this.#answers.toSorted((a, b) => tripMs(a) - tripMs(b))[0];
    return best === undefined ? null : best.serverMs - (best.sentMs + best.receivedMs) / 2;
  }
}

function tripMs({ sentMs, receivedMs }: TimeAnswer): number {
  return receivedMs - sentMs;
}

/** Tells what time it was at the server when a picture was taken: the stream says it once a second. */
export class StreamWallClock {
  #clock: StreamClock | null = null;

  set(clock: StreamClock): void {
    this.#clock = clock;
  }

  /** Another stream begins. */
  clear(): void {
    this.#clock = null;
  }

  /** By the server's clock; null as long as it has not said. */
  wallMs(streamMs: number): number | null {
    return this.#clock === null ? null : this.#clock.wallMs + (streamMs - this.#clock.streamMs);
  }
}
