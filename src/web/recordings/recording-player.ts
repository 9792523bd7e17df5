import { make } from "../elements.ts";
import type { Sound } from "../storage.ts";
import { nextAfter, type Part, partFor, placeFor } from "./playing-order.ts";
import type { Place, RecordedSegment } from "./segments.ts";
import { Slot } from "./slot.ts";

/** How long before its end the next segment is loaded, in seconds of the viewer. */
const PRELOAD_S = 20;

export interface PlayerOptions {
  /** @param part null: all of it */
  readonly urlOf: (segment: RecordedSegment, part: Part | null) => URL;
  /** What is recorded, as it is known now. */
  readonly segments: () => readonly RecordedSegment[];
  /** Another moment, or another state. */
  readonly onChange: () => void;
  /** Playback went over a hole. */
  readonly onSkip: (skippedMs: number) => void;
  /** A file could not be loaded, or not be decoded. */
  readonly onFailure: (segment: RecordedSegment) => void;
  readonly onPlayRefused: () => void;
}

/**
 * Plays a recording, segment after segment: two videos take turns. Another segment is shown once its first frame is there, so
 * that nothing dark is seen between two of them.
 */
export class RecordingPlayer {
  readonly element: HTMLElement;
  readonly #options: PlayerOptions;
  #front = new Slot();
  #back = new Slot();
  /** Whether the one behind is to be shown as soon as it can be. */
  #isSwitching = false;
  #isPaused = true;
  #isAtEnd = false;
  #rate = 1;
  #retryMs: number | null = null;
  /** What could not be loaded ahead: it is asked for again when its time comes. */
  #failedAhead: string | null = null;

  constructor(label: string, options: PlayerOptions) {
    this.#options = options;
    this.element = make(
      "div",
      { class: "surface", attributes: { role: "group", "aria-label": label } },
      this.#front.video,
      this.#back.video,
    );
    for (const slot of [this.#front, this.#back]) this.#listen(slot);
    this.#showFront();
  }

  get atMs(): number | null {
    if (this.#retryMs !== null) return this.#retryMs;
    const slot = this.#shown;
    return slot.segment === null ? null : slot.atMs;
  }

  get segment(): RecordedSegment | null {
    return this.#shown.segment;
  }

  get isPaused(): boolean {
    return this.#isPaused;
  }

  /** Whether all that is recorded so far was played. */
  get isAtEnd(): boolean {
    return this.#isAtEnd;
  }

  /** Whether the frame of that moment is still to come. */
  get isLoading(): boolean {
    const { segment } = this.#shown;
    return segment !== null && (this.#isSwitching || !this.#front.isReady);
  }

  /** Whether a frame is seen, be it of another moment. */
  get hasPicture(): boolean {
    return this.#front.isReady || (this.#front.segment !== null && this.#front.video.seeking);
  }

  get rate(): number {
    return this.#rate;
  }

  set rate(rate: number) {
    this.#rate = rate;
    this.#applyRate();
    this.#options.onChange();
  }

  set sound(sound: Sound) {
    for (const slot of [this.#front, this.#back]) slot.sound = sound;
  }

  seek(atMs: number): void {
    const place = placeFor(this.#options.segments(), atMs);
    if (place === null) return;
    this.#isAtEnd = false;
    this.#retryMs = null;
    if (place.skippedMs > 0) this.#options.onSkip(place.skippedMs);
    this.#goTo(place);
    this.#options.onChange();
  }

  play(): void {
    this.#isPaused = false;
    // A phone lets only those videos play by themselves later that were loaded at a touch.
    if (this.#back.segment === null) this.#back.video.load();
    if (this.#isAtEnd) this.goOn();
    else this.#start(this.#shown);
    this.#options.onChange();
  }

  pause(): void {
    this.#isPaused = true;
    for (const { video } of [this.#front, this.#back]) video.pause();
    this.#options.onChange();
  }

  /** One frame on or back, standing still. */
  step(direction: 1 | -1, frameMs: number): void {
    if (!this.#isPaused) this.pause();
    const { atMs } = this;
    if (atMs !== null) this.seek(atMs + direction * frameMs);
  }

  /** Goes on where more is recorded by now than was played. */
  goOn(): void {
    const { segment } = this.#front;
    if (!this.#isAtEnd || segment === null || this.#isPaused) return;
    const next = nextAfter(this.#options.segments(), segment, this.#front.endMs);
    if (next === null) return;
    this.#isAtEnd = false;
    this.#goTo(next);
  }

  /** Loads again what has failed. */
  retry(): void {
    const atMs = this.atMs;
    this.#front.empty();
    this.#back.empty();
    this.#isSwitching = false;
    this.#retryMs = null;
    if (atMs !== null) this.seek(atMs);
  }

  get #shown(): Slot {
    return this.#isSwitching ? this.#back : this.#front;
  }

  #goTo({ segment, offsetMs }: Place): void {
    this.#failedAhead = null;
    if (this.#front.has(segment, offsetMs)) {
      this.#isSwitching = false;
      this.#back.video.pause(); // it may have been started, to be shown once it is loaded
      this.#front.seek(offsetMs);
      if (!this.#isPaused) this.#start(this.#front);
      return;
    }
    if (this.#back.has(segment, offsetMs)) this.#back.seek(offsetMs);
    else this.#load({ segment, offsetMs });
    this.#isSwitching = true;
    this.#front.video.pause();
    this.#applyRate();
    if (!this.#isPaused) this.#start(this.#back);
    this.#switchIfReady();
  }

  #listen(slot: Slot): void {
    const { video } = slot;
    const isShown = () => slot === this.#shown;
    for (const event of ["loadeddata", "canplay", "seeked"])
      video.addEventListener(event, () => this.#switchIfReady());
    for (const event of ["timeupdate", "seeking", "waiting", "playing"])
      video.addEventListener(event, () => {
        if (isShown()) this.#moved();
      });
    video.addEventListener("ended", () => {
      if (isShown()) this.#ended();
    });
    video.addEventListener("error", () => this.#failed(slot));
    // A key of the keyboard's own, or headphones that are pulled out; Chromium pauses what it cannot load, too.
    video.addEventListener("pause", () => {
      const isMeant = video.paused && !video.ended && video.error === null && slot.segment !== null;
      if (isShown() && isMeant && !this.#isPaused) this.pause();
    });
    video.addEventListener("play", () => {
      if (isShown() && !video.paused && this.#isPaused) this.play();
    });
  }

  #switchIfReady(): void {
    if (this.#isSwitching && this.#back.isReady) {
      this.#isSwitching = false;
      [this.#front, this.#back] = [this.#back, this.#front];
      this.#back.video.pause();
      this.#showFront();
    }
    this.#options.onChange();
  }

  #showFront(): void {
    this.#front.video.classList.add("is-front");
    this.#back.video.classList.remove("is-front");
  }

  #moved(): void {
    this.#preload();
    this.#options.onChange();
  }

  #preload(): void {
    const { segment } = this.#front;
    if (this.#isSwitching || segment === null || this.#front.leftS > PRELOAD_S) return;
    const next = nextAfter(this.#options.segments(), segment, this.#front.endMs);
    if (next === null || next.segment.id === this.#failedAhead) return;
    if (this.#back.has(next.segment, next.offsetMs)) return;
    this.#load(next);
    this.#applyRate();
  }

  #load({ segment, offsetMs }: Pick<Place, "segment" | "offsetMs">): void {
    const part = partFor(segment, offsetMs);
    this.#back.load(segment, part, this.#options.urlOf(segment, part), offsetMs);
  }

  #ended(): void {
    const { segment } = this.#front;
    if (segment === null) return;
    const next = nextAfter(this.#options.segments(), segment, this.#front.endMs);
    if (next === null) this.#isAtEnd = true;
    else {
      if (next.skippedMs > 0) this.#options.onSkip(next.skippedMs);
      this.#goTo(next);
    }
    this.#options.onChange();
  }

  #failed(slot: Slot): void {
    const { segment } = slot;
    if (segment === null) return;
    if (slot !== this.#shown) {
      this.#failedAhead = segment.id;
      slot.empty();
      return;
    }
    this.#retryMs = slot.atMs;
    this.#options.onFailure(segment);
  }

  #applyRate(): void {
    for (const slot of [this.#front, this.#back]) slot.rate = this.#rate;
  }

  #start({ video }: Slot): void {
    video.play().catch((error: unknown) => {
      if (error instanceof DOMException && error.name === "NotAllowedError") this.#options.onPlayRefused();
    });
  }
}
