import type { FlvEvent } from "../media/flv/demuxer.ts";
import type { Sample } from "./sample.ts";
import type { Sound } from "./storage.ts";

/** Where pictures are shown: the one that a player does not use is hidden. */
export interface Surface {
  readonly canvas: HTMLCanvasElement;
  readonly video: HTMLVideoElement;
}

export interface PlayerEvents {
  /** A picture is shown, the first one of a stream or the first of another size. */
  onVideoSize(): void;
  /** The browser allows no sound before somebody has touched the page. */
  onSoundRefused(): void;
  /** The browser plays nothing at all before that: some phones do so to save their battery. */
  onPlayRefused(): void;
  /** It goes no further with this player. */
  onFailure(failure: PlayerFailure): void;
}

/**
 * `cannot-keep-up`: too many pictures had to be left out. `decoder`: it fails again and again. `stalled`: it has to be
 * begun again.
 */
export type PlayerFailure = "cannot-keep-up" | "decoder" | "stalled";

/** How a player fares; what it does not know is null. */
export interface PlayerStats {
  readonly player: "low-latency" | "mse";
  /** The stream's time of the picture that is shown. */
  readonly shownMs: number | null;
  /** Since the player began. */
  readonly shownFrames: number;
  readonly droppedFrames: number;
  /** What lies between the network and the screen. */
  readonly bufferMs: number;
}

/** One of the two ways to play the stream; it is given all of it, from the header on, and closed once. */
export interface Player {
  push(event: FlvEvent, sample: Sample | null): void;
  setSound(sound: Sound): void;
  /** The page is shown again, or hidden. */
  setVisible(isVisible: boolean): void;
  stats(): PlayerStats;
  currentFrame(): CanvasImageSource | null;
  close(): void;
}

/** Counts what may happen now and then, but not often in a short time. */
export class Failures {
  readonly #most: number;
  readonly #withinMs: number;
  #timesMs: number[] = [];

  constructor(most: number, withinMs: number) {
    this.#most = most;
    this.#withinMs = withinMs;
  }

  /** @returns whether it has become too much */
  add(nowMs: number): boolean {
    this.#timesMs = [...this.#timesMs.filter((timeMs) => nowMs - timeMs < this.#withinMs), nowMs];
    return this.#timesMs.length > this.#most;
  }
}

const WINDOW_MS = 3000;

/** How much of something there was a second, over the last seconds. */
export class RateMeter {
  readonly #entries: { readonly atMs: number; readonly count: number }[] = [];

  add(count: number, nowMs: number): void {
    this.#entries.push({ atMs: nowMs, count });
    while ((this.#entries[0]?.atMs ?? nowMs) < nowMs - WINDOW_MS) this.#entries.shift();
  }

  /** Null before there is a second to tell of. */
  perSecond(nowMs: number): number | null {
    const recent = this.#entries.filter(({ atMs }) => atMs >= nowMs - WINDOW_MS);
    const [first] = recent;
    if (first === undefined || nowMs - first.atMs < 1000) return null;
    const rest = recent.slice(1); // what the first entry counts lies before the time
    return (rest.reduce((sum, { count }) => sum + count, 0) * 1000) / (nowMs - first.atMs);
  }
}
