import type { FlvEvent } from "../media/flv/demuxer.ts";
import { CanvasScreen } from "./canvas-screen.ts";
import { BrowserPictureDecoder } from "./picture-decoder.ts";
import { PictureFlow } from "./picture-flow.ts";
import { PictureQueue } from "./picture-queue.ts";
import { Failures, type Player, type PlayerEvents, type Readings, type Stage } from "./player.ts";
import type { Sound } from "./preferences.ts";
import type { CodedPicture, Sample } from "./sample.ts";
import { SoundTrack } from "./sound-track.ts";

/** More decoder errors in this time, and another player takes over. */
const MAX_ERRORS = 3;
/** More skips to a later key picture, likewise. */
const MAX_SKIPS = 3;
const FAILURE_SPAN_MS = 60_000;

/**
 * WebCodecs to a canvas: the newest decoded picture at each animation frame. With sound, the picture that belongs to what
 * is heard. While the page is hidden nothing is decoded but the sound that is listened to.
 */
export class LowLatencyPlayer implements Player {
  readonly #stage: Stage;
  readonly #events: PlayerEvents;
  readonly #screen: CanvasScreen;
  readonly #queue = new PictureQueue<VideoFrame>();
  readonly #decoder: BrowserPictureDecoder;
  readonly #flow: PictureFlow;
  readonly #sound: SoundTrack;
  readonly #errors = new Failures(MAX_ERRORS, FAILURE_SPAN_MS);
  readonly #skips = new Failures(MAX_SKIPS, FAILURE_SPAN_MS);
  #isVisible = true;
  #isMuted = true;
  #animation = 0;
  #newestMs = 0;

  constructor(stage: Stage, events: PlayerEvents, worklet: URL) {
    this.#stage = stage;
    this.#events = events;
    this.#screen = new CanvasScreen(stage.canvas);
    this.#decoder = new BrowserPictureDecoder(
      (picture) => this.#decoded(picture),
      () => this.#failed(),
    );
    this.#flow = new PictureFlow(this.#decoder);
    this.#sound = new SoundTrack(
      worklet,
      () => events.onSoundRefused(),
      () => this.#failed(),
    );
    this.#animation = requestAnimationFrame(() => this.#animate());
  }

  push(event: FlvEvent, sample: Sample | null): void {
    if (event.kind === "header") this.#queue.clear(); // another time begins
    switch (sample?.kind) {
      case "video-config":
        return this.#flow.configure(sample);
      case "audio-config":
        return this.#sound.configure(sample);
      case "picture":
        return this.#decode(sample);
      case "sound":
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

  readings(): Readings {
    const shownMs = this.#screen.shownMs;
    return {
      player: "low-latency",
      shownMs: shownMs ?? this.#sound.streamMs,
      shownPictures: this.#screen.shown,
      droppedPictures: this.#flow.leftOut,
      bufferMs: shownMs === null ? this.#sound.bufferedMs : Math.max(0, this.#newestMs - shownMs),
    };
  }

  picture(): CanvasImageSource | null {
    return this.#screen.shown === 0 ? null : this.#stage.canvas;
  }

  close(): void {
    cancelAnimationFrame(this.#animation);
    this.#queue.clear();
    this.#decoder.close();
    this.#sound.close();
  }

  #decode(picture: CodedPicture): void {
    this.#newestMs = picture.presentationTimeMs;
    if (!this.#isVisible) return;
    const nowMs = performance.now();
    const skipsBefore = this.#flow.skips;
    this.#flow.push(picture, nowMs);
    const hasSkipped = this.#flow.skips > skipsBefore;
    if (hasSkipped && this.#skips.add(nowMs)) this.#events.onFailure("cannot-keep-up");
  }

  #decoded(picture: VideoFrame): void {
    this.#flow.decoded(picture.timestamp / 1000);
    if (this.#isVisible) this.#queue.push(picture);
    else picture.close();
  }

  #failed(): void {
    this.#flow.waitForKey();
    if (this.#errors.add(performance.now())) this.#events.onFailure("decoder");
  }

  #animate(): void {
    this.#animation = requestAnimationFrame(() => this.#animate());
    const heardMs = this.#isMuted ? null : this.#sound.streamMs;
    const picture = heardMs === null ? this.#queue.takeNewest() : this.#queue.takeDue(heardMs);
    if (picture === null) return;
    const { displayWidth, displayHeight } = picture;
    if (this.#screen.show(picture)) this.#events.onPicture(displayWidth, displayHeight);
  }
}
