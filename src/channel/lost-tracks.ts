import type { TrackName, Tracks } from "../media/packet.ts";
import type { Pipeline } from "./pipeline.ts";

/** Has the tracks filled of which nothing comes just now, or ever again, as long as something else goes on. */
export class LostTracks {
  readonly #pipeline: Pick<Pipeline, "sourceLost" | "sourceBegins" | "tick">;
  readonly #tracks: Tracks;
  /** Of these nothing will ever come again. */
  readonly #ended = new Set<TrackName>();
  #isStopped = false;

  constructor(pipeline: Pick<Pipeline, "sourceLost" | "sourceBegins" | "tick">, tracks: Tracks) {
    this.#pipeline = pipeline;
    this.#tracks = tracks;
  }

  /** Whose source ends from now on was stopped: that is no loss. */
  stop(): void {
    this.#isStopped = true;
  }

  miss(tracks: readonly TrackName[]): void {
    if (this.#isStopped) return;
    for (const track of tracks) this.#pipeline.sourceLost(track);
  }

  end(tracks: readonly TrackName[]): void {
    for (const track of tracks) this.#ended.add(track);
    this.miss(tracks);
  }

  back(tracks: readonly TrackName[]): void {
    for (const track of tracks) this.#pipeline.sourceBegins(track);
  }

  fill(nowUs: number): void {
    const isOver = (["video", "audio"] as const).every(
      (track) => !this.#tracks[track] || this.#ended.has(track),
    );
    if (!isOver) this.#pipeline.tick(nowUs);
  }
}
