import { vi } from "vitest";

class FakeLoader {
  /** What has arrived: where it begins, where the next begins, and its bytes. */
  readonly arrived: { readonly start: number; readonly end: number; readonly bytes: Uint8Array }[] = [];
  open(): void {}
  destroy(): void {}
  onDataArrival(buffer: ArrayBuffer, start: number, end: number): void {
    this.arrived.push({ start, end, bytes: new Uint8Array(buffer) });
  }
}

interface Media {
  readonly hasAudio: boolean;
  readonly hasVideo: boolean;
}

export class FakeMpegtsPlayer {
  /** In the order in which they were made; a test empties it. */
  static readonly made: FakeMpegtsPlayer[] = [];
  readonly media: Media;
  isDestroyed = false;
  video: unknown = null;
  readonly loader: FakeLoader;
  readonly #failed: (() => void)[] = [];

  constructor(media: Media, { customLoader: Loader }: { readonly customLoader: new () => FakeLoader }) {
    this.media = media;
    this.loader = new Loader();
    FakeMpegtsPlayer.made.push(this);
  }

  on(event: string, failed: () => void): void {
    if (event === "error") this.#failed.push(failed);
  }

  attachMediaElement(video: unknown): void {
    this.video = video;
  }

  load(): void {
    this.loader.open();
  }

  fail(): void {
    for (const failed of this.#failed) failed();
  }

  /** As 1.8 may do where the media source is gone already. */
  destroy(): void {
    this.isDestroyed = true;
    this.loader.destroy();
    throw new Error("the media source is gone");
  }
}

/** What stands in for mpegts.js, which needs a browser even to be loaded. */
export const mpegts = {
  BaseLoader: FakeLoader,
  Events: { ERROR: "error" },
  LoggingControl: { applyConfig: () => undefined },
  createPlayer: (...args: ConstructorParameters<typeof FakeMpegtsPlayer>) => new FakeMpegtsPlayer(...args),
};

/** A `<video>` that plays only what the test says. */
export class FakeVideo extends EventTarget {
  currentTime = 0;
  endS = 0;
  paused = false;
  seeking = false;
  readyState = 4;
  muted = true;
  volume = 1;
  playbackRate = 1;
  totalVideoFrames = 0;
  droppedVideoFrames = 0;
  /** How often it was asked to play. */
  plays = 0;
  /** What `play` answers; null: it plays. */
  refuses: ((video: FakeVideo) => Error | null) | null = null;

  get buffered() {
    return { length: this.endS > 0 ? 1 : 0, end: () => this.endS };
  }

  getVideoPlaybackQuality() {
    return this;
  }

  pause(): void {
    this.paused = true;
  }

  async play(): Promise<void> {
    this.plays++;
    this.paused = false;
    const error = this.refuses?.(this);
    if (error != null) throw error;
  }

  tell(event: string): void {
    this.dispatchEvent(new Event(event));
  }
}

/** Names the states of media elements until `vi.unstubAllGlobals()`. */
export function installMediaElement(): void {
  vi.stubGlobal("HTMLMediaElement", { HAVE_METADATA: 1, HAVE_CURRENT_DATA: 2 });
}
