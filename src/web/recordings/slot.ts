import { make } from "../elements.ts";
import type { Sound } from "../storage.ts";
import type { Part } from "./playing-order.ts";
import type { RecordedSegment } from "./segments.ts";

/** One of the two videos that take turns. */
export class Slot {
  readonly video = make("video", { class: "picture", attributes: { playsinline: "", preload: "auto" } });
  #segment: RecordedSegment | null = null;
  /** Null where it is the whole segment. */
  #part: Part | null = null;
  /** Where in the segment it is to play. */
  #offsetMs = 0;

  constructor() {
    this.video.disableRemotePlayback = true;
    this.video.addEventListener("loadedmetadata", () => this.#place());
  }

  /** As it was when it was loaded; null where nothing is. */
  get segment(): RecordedSegment | null {
    return this.#segment;
  }

  /** The moment that is seen, or will be once it is loaded. */
  get atMs(): number {
    if (this.#segment === null) return 0;
    const offsetMs = this.#hasMetadata ? this.startMs + this.video.currentTime * 1000 : this.#offsetMs;
    return this.#segment.startMs + offsetMs;
  }

  /** Where in the segment it begins. A part begins at the key frame before what was asked for, and ends where it was to. */
  get startMs(): number {
    if (this.#part === null) return 0;
    const { fromMs, toMs } = this.#part;
    return this.#hasMetadata ? Math.max(0, Math.min(fromMs, toMs - this.video.duration * 1000)) : fromMs;
  }

  /** Where in the segment it ends. */
  get endMs(): number {
    if (this.#part !== null) return this.#part.toMs;
    return this.#hasMetadata ? this.video.duration * 1000 : (this.#segment?.durationMs ?? 0);
  }

  /** What is left, in seconds of the viewer. */
  get leftS(): number {
    const { duration, currentTime, playbackRate } = this.video;
    return this.#hasMetadata ? (duration - currentTime) / playbackRate : Number.POSITIVE_INFINITY;
  }

  /** Whether the frame at its place can be seen. */
  get isReady(): boolean {
    return this.video.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA && !this.video.seeking;
  }

  set sound({ isMuted, volume }: Sound) {
    this.video.muted = isMuted;
    this.video.volume = volume;
  }

  /** Loading anything would set it back. */
  set rate(rate: number) {
    this.video.defaultPlaybackRate = rate;
    this.video.playbackRate = rate;
  }

  /** @param part what of the segment the file has; null: all of it */
  load(segment: RecordedSegment, part: Part | null, url: URL, offsetMs: number): void {
    this.#segment = segment;
    this.#part = part;
    this.#offsetMs = offsetMs;
    // A phone shows this frame before anybody has pressed play.
    url.hash = `t=${((offsetMs - (part?.fromMs ?? 0)) / 1000).toFixed(3)}`;
    this.video.src = url.href;
  }

  /** Whether it has this place of a segment. */
  has({ id }: RecordedSegment, offsetMs: number): boolean {
    if (this.#segment?.id !== id || this.video.error !== null) return false;
    return this.#part === null || (offsetMs >= this.startMs && offsetMs < this.endMs);
  }

  seek(offsetMs: number): void {
    this.#offsetMs = offsetMs;
    if (this.#hasMetadata) this.#place();
  }

  empty(): void {
    this.#segment = null;
    this.video.removeAttribute("src");
    this.video.load();
  }

  #place(): void {
    const wantedS = Math.max(0, this.#offsetMs - this.startMs) / 1000;
    const lastS = Math.max(0, this.video.duration - 0.1); // beyond it nothing would be seen
    this.video.currentTime = Math.min(wantedS, lastS);
  }

  get #hasMetadata(): boolean {
    return this.video.readyState >= HTMLMediaElement.HAVE_METADATA && Number.isFinite(this.video.duration);
  }
}
