import type { VideoSettings } from "../media/flv/video-body.ts";
import type { VideoSample } from "./sample.ts";

/** A decoder of pictures, as far as the flow into it is concerned. */
export interface FrameDecoder {
  configure(settings: VideoSettings): void;
  decode(frame: VideoSample): void;
  /** Forgets what it has not decoded yet. */
  reset(): void;
  close(): void;
}

interface Pending {
  readonly presentationTimeMs: number;
  readonly givenMs: number;
}

/** A decoder that is asked for more than it can do is not fed until the next key picture. */
const MAX_WAIT_MS = 300;
/** Decoders hold a few pictures back for their own reasons, and at a picture a second these wait for long. */
const MAX_HELD_FRAMES = 4;

/**
 * What is given to the decoder, and when it is too much: pictures wait 300 ms at most, then it goes on with the next key
 * picture. A group that comes all at once, as at the beginning, is not counted against it.
 */
export class VideoFeed {
  readonly #decoder: FrameDecoder;
  #state: "waiting-for-key" | "catching-up" | "live" = "waiting-for-key";
  #pending: Pending[] = [];
  #skips = 0;
  #leftOut = 0;

  constructor(decoder: FrameDecoder) {
    this.#decoder = decoder;
  }

  /** How often it went on to a later key picture. */
  get skips(): number {
    return this.#skips;
  }

  /** Pictures that were not decoded. */
  get leftOut(): number {
    return this.#leftOut;
  }

  configure(settings: VideoSettings): void {
    this.#decoder.configure(settings);
    this.waitForKey();
  }

  push(frame: VideoSample, nowMs: number): void {
    if (this.#isOverrun(nowMs) && (frame.isKey || this.#state === "live")) this.#skip();
    if (this.#state === "waiting-for-key" && !frame.isKey) {
      this.#leftOut++;
      return;
    }
    if (this.#state === "waiting-for-key") this.#state = "catching-up";
    this.#pending.push({ presentationTimeMs: frame.presentationTimeMs, givenMs: nowMs });
    this.#decoder.decode(frame);
  }

  /** A picture has come out: decoders give them in the order in which they are shown. */
  decoded(presentationTimeMs: number): void {
    this.#pending = this.#pending.filter((one) => one.presentationTimeMs > presentationTimeMs);
    if (this.#pending.length === 0 && this.#state === "catching-up") this.#state = "live";
  }

  /** What comes next builds on nothing that the decoder has. */
  waitForKey(): void {
    this.#state = "waiting-for-key";
    this.#pending = [];
  }

  #isOverrun(nowMs: number): boolean {
    const [oldest] = this.#pending;
    return (
      oldest !== undefined && this.#pending.length > MAX_HELD_FRAMES && nowMs - oldest.givenMs > MAX_WAIT_MS
    );
  }

  #skip(): void {
    this.#skips++;
    this.#leftOut += this.#pending.length;
    this.#decoder.reset();
    this.waitForKey();
  }
}
