import type { FlvEvent } from "../media/flv/demuxer.ts";
import { AudioTrack } from "./audio-track.ts";
import { BrowserVideoDecoder } from "./decoders.ts";
import { FrameQueue } from "./frame-queue.ts";
import { Failures, type Player, type PlayerEvents, type PlayerStats, type Surface } from "./player.ts";
import type { Sample, VideoSample } from "./sample.ts";
import type { Sound } from "./storage.ts";
import { VideoFeed } from "./video-feed.ts";

/** More decoder errors in this time, and another player takes over. */
const MAX_ERRORS = 3;
/** More skips to a later key picture, likewise. */
const MAX_SKIPS = 3;
const FAILURE_SPAN_MS = 60_000;
/** What is drawn now is seen with the screen's next refresh: one period later, of 60 a second at the slowest. */
const MAX_REFRESH_MS = 1000 / 60;

/**
 * WebCodecs to a canvas: the newest decoded picture at each animation frame. With sound, the picture that belongs to what
 * is heard. While the page is hidden nothing is decoded but the sound that is listened to.
 */
export class LowLatencyPlayer implements Player {
  readonly #surface: Surface;
  readonly #events: PlayerEvents;
  readonly #screen: CanvasRenderer;
  readonly #queue = new FrameQueue<VideoFrame>();
  readonly #decoder: BrowserVideoDecoder;
  readonly #flow: VideoFeed;
  readonly #sound: AudioTrack;
  readonly #errors = new Failures(MAX_ERRORS, FAILURE_SPAN_MS);
  readonly #skips = new Failures(MAX_SKIPS, FAILURE_SPAN_MS);
  #isVisible = true;
  #isMuted = true;
  #animation = 0;
  #animatedMs = 0;
  #newestMs = 0;

  constructor(surface: Surface, events: PlayerEvents, worklet: URL) {
    this.#surface = surface;
    this.#events = events;
    this.#screen = new CanvasRenderer(surface.canvas);
    this.#decoder = new BrowserVideoDecoder(
      (frame) => this.#decoded(frame),
      () => this.#failed(),
    );
    this.#flow = new VideoFeed(this.#decoder);
    this.#sound = new AudioTrack(
      worklet,
      () => events.onSoundRefused(),
      () => this.#failed(),
    );
    this.#animation = requestAnimationFrame((nowMs) => this.#animate(nowMs));
  }

  push(event: FlvEvent, sample: Sample | null): void {
    if (event.kind === "header") this.#queue.clear(); // another time begins
    switch (sample?.kind) {
      case "video-config":
        return this.#flow.configure(sample);
      case "audio-config":
        return this.#sound.configure(sample);
      case "video-frame":
        return this.#decode(sample);
      case "audio-frame":
        return this.#sound.push(sample);
      case "metadata":
      case "clock":
      case undefined:
        return undefined;
    }
  }

  setSound(sound: Sound): void {
    this.#isMuted = sound.isMuted;
    this.#sound.setSound(sound);
  }

  /** What comes after it was shown again begins with the recent stream, from its key picture. */
  setVisible(isVisible: boolean): void {
    this.#isVisible = isVisible;
    this.#queue.clear();
    this.#decoder.close();
    this.#flow.waitForKey();
  }

  stats(): PlayerStats {
    const shownMs = this.#screen.shownMs;
    return {
      player: "low-latency",
      shownMs: shownMs ?? this.#sound.streamMs,
      shownFrames: this.#screen.shown,
      droppedFrames: this.#flow.leftOut,
      bufferMs: shownMs === null ? this.#sound.bufferedMs : Math.max(0, this.#newestMs - shownMs),
    };
  }

  currentFrame(): CanvasImageSource | null {
    return this.#screen.shown === 0 ? null : this.#surface.canvas;
  }

  close(): void {
    cancelAnimationFrame(this.#animation);
    this.#queue.clear();
    this.#decoder.close();
    this.#sound.close();
  }

  #decode(frame: VideoSample): void {
    this.#newestMs = frame.presentationTimeMs;
    if (!this.#isVisible) return;
    const nowMs = performance.now();
    const skipsBefore = this.#flow.skips;
    this.#flow.push(frame, nowMs);
    const hasSkipped = this.#flow.skips > skipsBefore;
    if (hasSkipped && this.#skips.add(nowMs)) this.#events.onFailure("cannot-keep-up");
  }

  #decoded(frame: VideoFrame): void {
    this.#flow.decoded(frame.timestamp / 1000);
    if (this.#isVisible) this.#queue.push(frame);
    else frame.close();
  }

  #failed(): void {
    this.#flow.waitForKey();
    if (this.#errors.add(performance.now())) this.#events.onFailure("decoder");
  }

  #animate(nowMs: number): void {
    this.#animation = requestAnimationFrame((nextMs) => this.#animate(nextMs));
    const untilSeenMs = Math.min(nowMs - this.#animatedMs, MAX_REFRESH_MS);
    this.#animatedMs = nowMs;
    const heardMs = this.#isMuted ? null : this.#sound.streamMs;
    const frame = heardMs === null ? this.#queue.takeNewest() : this.#queue.takeDue(heardMs + untilSeenMs);
    if (frame === null) return;
    if (this.#screen.show(frame)) this.#events.onVideoSize();
  }
}

class CanvasRenderer {
  readonly #canvas: HTMLCanvasElement;
  readonly #context: CanvasRenderingContext2D | null;
  #shown = 0;
  #shownMs: number | null = null;

  constructor(canvas: HTMLCanvasElement) {
    this.#canvas = canvas;
    this.#context = canvas.getContext("2d", { alpha: false, desynchronized: true });
  }

  get shown(): number {
    return this.#shown;
  }

  /** The stream's time of the last one; null before the first. */
  get shownMs(): number | null {
    return this.#shownMs;
  }

  show(frame: VideoFrame): boolean {
    const { displayWidth: width, displayHeight: height } = frame;
    const isResized = this.#canvas.width !== width || this.#canvas.height !== height;
    if (isResized) Object.assign(this.#canvas, { width, height });
    this.#context?.drawImage(frame, 0, 0, width, height);
    this.#shownMs = frame.timestamp / 1000;
    frame.close();
    return this.#shown++ === 0 || isResized;
  }
}
