import { type TrackName, type Tracks, trackNames } from "../media/packet.ts";
import type { Pipeline } from "./pipeline.ts";

export interface LostTracksOptions {
  readonly pipeline: Pick<Pipeline, "sourceLost" | "sourceBegins" | "nextTickUs" | "tick">;
  readonly tracks: Tracks;
  readonly nowUs: () => number;
}

/** While all is well, the timer is moved with what comes: node wakes up for all timers of one duration together. */
const WELL_US = 500_000;
const WELL_STEP_MS = 50;

/** Has the tracks filled of which nothing comes just now, or ever again, as long as something else goes on. */
export class LostTracks {
  readonly #options: LostTracksOptions;
  /** Of these nothing will ever come again. */
  readonly #ended = new Set<TrackName>();
  #isStopped = false;
  #dueUs = Number.POSITIVE_INFINITY;
  #timer: NodeJS.Timeout | undefined;
  /** How long the timer runs that is moved; null where it is not to be. */
  #movedMs: number | null = null;

  constructor(options: LostTracksOptions) {
    this.#options = options;
  }

  /** Whose source ends from now on was stopped: that is no loss. */
  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#timer);
  }

  /** All that there was is missing from now on, until other sources take over. */
  retire(): void {
    this.#ended.clear();
    this.miss(trackNames(this.#options.tracks));
  }

  miss(tracks: readonly TrackName[]): void {
    if (this.#isStopped) return;
    for (const track of tracks) this.#options.pipeline.sourceLost(track);
    this.watch();
  }

  end(tracks: readonly TrackName[]): void {
    for (const track of tracks) this.#ended.add(track);
    this.miss(tracks);
  }

  back(tracks: readonly TrackName[]): void {
    for (const track of tracks) this.#options.pipeline.sourceBegins(track);
    this.watch();
  }

  /** Something has changed, such as packets that have come: sees to it that what is missing then is filled. */
  watch(): void {
    const { pipeline, nowUs } = this.#options;
    const atUs = nowUs();
    const dueUs = this.#isStopped || this.#isOver ? null : pipeline.nextTickUs(atUs);
    if (dueUs === null) return;
    if (dueUs - atUs > WELL_US) return this.#move(dueUs, atUs);
    if (this.#movedMs === null && dueUs >= this.#dueUs) return; // by then there is a look at it
    this.#movedMs = null;
    this.#lookIn(Math.max(dueUs - atUs, 0) / 1000, dueUs);
  }

  #move(dueUs: number, atUs: number): void {
    const delayMs = Math.floor((dueUs - atUs) / 1000 / WELL_STEP_MS) * WELL_STEP_MS;
    if (delayMs === this.#movedMs) this.#timer?.refresh();
    else this.#lookIn(delayMs, dueUs);
    this.#movedMs = delayMs;
  }

  #lookIn(delayMs: number, dueUs: number): void {
    clearTimeout(this.#timer);
    this.#dueUs = dueUs;
    this.#timer = setTimeout(() => this.#tick(), delayMs);
  }

  #tick(): void {
    this.#dueUs = Number.POSITIVE_INFINITY;
    this.#movedMs = null;
    if (this.#isOver) return;
    this.#options.pipeline.tick(this.#options.nowUs());
    this.watch();
  }

  get #isOver(): boolean {
    return trackNames(this.#options.tracks).every((track) => this.#ended.has(track));
  }
}
