import type { FlvEvent } from "../media/flv/demuxer.ts";
import type { Sound } from "./preferences.ts";
import type { Sample } from "./sample.ts";

/** Where pictures are shown: the one that a player does not use is hidden. */
export interface Stage {
  readonly canvas: HTMLCanvasElement;
  readonly video: HTMLVideoElement;
}

/** What a player tells of. */
export interface PlayerEvents {
  /** A picture is shown, the first one of a stream or the first of another size. */
  onPicture(width: number, height: number): void;
  /** The browser allows no sound before somebody has touched the page. */
  onSoundRefused(): void;
  /** The browser plays nothing at all before that: some phones do so to save their battery. */
  onPlayRefused(): void;
  /** It goes no further with this player. */
  onFailure(failure: PlayerFailure): void;
}

/**
 * `cannot-keep-up`: too many pictures had to be left out. `decoder`: it fails again and again. `stumbled`: it has to be
 * begun anew.
 */
export type PlayerFailure = "cannot-keep-up" | "decoder" | "stumbled";

/** How a player fares; what it does not know is null. */
export interface Readings {
  readonly player: "low-latency" | "mse";
  /** The stream's time of the picture that is shown. */
  readonly shownMs: number | null;
  /** Since the player began. */
  readonly shownPictures: number;
  readonly droppedPictures: number;
  /** What lies between the network and the screen. */
  readonly bufferMs: number;
}

/** One of the two ways to play the stream; it is given all of it, from the header on, and closed once. */
export interface Player {
  push(event: FlvEvent, sample: Sample | null): void;
  setSound(sound: Sound): void;
  /** The page is shown again, or hidden. */
  setVisible(isVisible: boolean): void;
  readings(): Readings;
  /** What is shown, to be drawn elsewhere; null before the first picture. */
  picture(): CanvasImageSource | null;
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
