import { type Faults, inMs, Judge } from "./faults.ts";
import type { TrackTimes } from "./track-times.ts";
import { placeOf, type TagUnit } from "./unit.ts";

const MAX_SKEW_MS = 1000;
const MAX_START_MS = 1000;
/** A track that has been silent so long has ended. */
const STOPPED_MS = 3000;

export class Interleaving extends Judge {
  readonly #video: TrackTimes;
  readonly #audio: TrackTimes;
  #isStartJudged = false;

  constructor(video: TrackTimes, audio: TrackTimes, faults: Faults) {
    super(faults);
    this.#video = video;
    this.#audio = audio;
  }

  /** A frame of one track, already counted there. */
  push(tag: TagUnit, own: TrackTimes): void {
    if (this.#video.isBroken || this.#audio.isBroken) return;
    const other = own === this.#video ? this.#audio : this.#video;
    if (other.lastMs === null || own.lastMs === null) return;
    if (!this.#isStartJudged) this.#judgeStart();
    const skewMs = other.lastMs - own.lastMs;
    if (skewMs <= MAX_SKEW_MS) return;
    const detail = `${own.lastMs} ms comes after ${other.lastMs} ms`;
    this.report("interleave-gap", detail, placeOf(tag), inMs(skewMs));
  }

  #judgeStart(): void {
    this.#isStartJudged = true;
    const { firstShownMs: videoMs } = this.#video;
    const { firstShownMs: audioMs } = this.#audio;
    if (videoMs === null || audioMs === null || Math.abs(videoMs - audioMs) <= MAX_START_MS) return;
    const detail = `video at ${videoMs} ms, audio at ${audioMs} ms`;
    this.report("start-offset", detail, null, inMs(videoMs - audioMs));
  }

  end(isFile: boolean): void {
    const { lastMs: videoMs } = this.#video;
    const { lastMs: audioMs } = this.#audio;
    if (videoMs === null || audioMs === null || this.#video.isBroken || this.#audio.isBroken) return;
    const earlier = videoMs < audioMs ? this.#video : this.#audio;
    const byMs = Math.abs(videoMs - audioMs);
    if (byMs <= Math.max(STOPPED_MS, 3 * (earlier.stepMs ?? 0))) return;
    const id = earlier === this.#video ? "video-stops" : "audio-stops";
    const detail = `video ends at ${videoMs} ms, audio at ${audioMs} ms`;
    this.report(isFile ? "tracks-end-apart" : id, detail, null, inMs(byMs));
  }
}
