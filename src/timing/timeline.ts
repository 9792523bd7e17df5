import {
  atDecodeTime,
  decodeTimeUs,
  type Frame,
  type TrackName,
  type Tracks,
  trackNames,
  trackOf,
  type VideoFrame,
} from "../media/packet.ts";
import { AudioGrid } from "./audio-grid.ts";
import { ClockSteps } from "./clock-steps.ts";
import { Pace } from "./track-pace.ts";

export interface Place {
  /** When it is decoded, in milliseconds from the channel's epoch. */
  readonly timestampMs: number;
  readonly presentationMs: number;
  /** The first frame of a new epoch: the time before it is over, and every viewer has to begin again. */
  readonly startsEpoch: boolean;
}

/** A place that a track without source has to fill: a silent frame, or the last key frame again. */
export interface Fill extends Place {
  readonly track: TrackName;
}

/**
 * Players count FLV time in 31 bits, and mpegts.js freezes for ever when they are used up (24 days 20 h). So after
 * 24 days the next key frame starts a new epoch at zero.
 */
const EPOCH_LIMIT_MS = 24 * 24 * 3600 * 1000;

/**
 * How often the last key picture is shown again while there is no other. With two pictures a second, Chromium halted until
 * it had some ahead, and was 2.4 s later after an outage of ten seconds; with five, it does not halt.
 */
const PICTURE_AGAIN_US = 200_000;
/** So many at once at the most: of a longer time, only the end is shown. */
const MAX_PICTURES_AGAIN = 10;
/**
 * AAC of a moment arrives some 75 ms after its picture, 64 of them in the encoder: silence must not take its place.
 * This is for sound of which nobody knows yet how much it is.
 */
const SOUND_LAG_US = 150_000;
/** More silence than this is not sent at once: the sound jumps. */
const MAX_SILENCE_US = 20e6;
/** A source that is back brings what it owes at first. When it gains nothing for so long, it is late for good. */
const LATE_FOR_GOOD_US = 2e6;
const LEAST_GAIN_US = 100_000;
const FILL_EVERY_US = 50_000;
/** A look this late was held up itself, and what came meanwhile has not been read yet. */
const MAX_DELAY_US = 500_000;

/**
 * The only room that decides time: it turns common time (microseconds, any origin) into the channel's timestamps.
 * Zero is the first key frame, in a channel without video the first audio frame; what is older has no place. On each
 * track timestamps only grow (those of pictures are decode times: they go in the order of decoding), and go on in real time, whatever becomes of clocks and sources: see `steady`, `lost` and `fill`.
 */
export class Timeline {
  readonly #tracks: Tracks;
  readonly #names: readonly TrackName[];
  readonly #epochLimitMs: number;
  readonly #steadyTime = new ClockSteps();
  readonly #audio = new AudioGrid();
  readonly #paces: Readonly<Record<TrackName, Pace>> = { video: new Pace(), audio: new Pace() };
  readonly #gone = new Set<TrackName>();
  /** The epoch's zero in common time. */
  #zeroUs: number | null = null;
  #lastVideoMs = -1;
  /** With B-frames, the picture that is shown last need not be the one that was decoded last. */
  #lastShownMs = -1;
  #lastAudioMs = -1;
  /** By how much the frames of a track that is gone are late, and since when it has not become much less. */
  readonly #late = new Map<TrackName, { readonly byUs: number; readonly sinceUs: number }>();
  #nowUs = 0;
  /** When it is to be looked again, as was told last. */
  #dueUs: number | null = null;

  constructor(tracks: Tracks, epochLimitMs: number = EPOCH_LIMIT_MS) {
    this.#tracks = tracks;
    this.#names = trackNames(tracks);
    this.#epochLimitMs = epochLimitMs;
  }

  /** The frame at a time of which steps of its clock are taken out; frames are given in the order of their arrival. */
  steady(frame: Frame, arrivalUs: number): Frame {
    const track = trackOf(frame);
    this.#nowUs = arrivalUs;
    const stampUs = decodeTimeUs(frame);
    const timeUs = this.#steadyTime.timeUs(track, stampUs, arrivalUs);
    if (this.isGone(track)) this.#paces[track].sawOwed(timeUs, arrivalUs);
    else this.#paces[track].saw(timeUs, arrivalUs);
    return timeUs === stampUs ? frame : atDecodeTime(frame, timeUs);
  }

  /** Null: the frame is older than the channel, or its moment has a sound already. An AAC frame lasts `audioFrameUs`. */
  place(frame: Frame, audioFrameUs: number): Place | null {
    if (frame.kind === "video-frame") return this.#placePicture(frame, frame.isKey);
    const timeUs = this.#audio.snap(frame.presentationTimeUs, audioFrameUs);
    return timeUs === null ? null : this.#placeSound(timeUs);
  }

  /** The track's source is gone: from now on its places are `fill`ed. */
  lost(track: TrackName): void {
    this.#gone.add(track);
  }

  /** A new source of the track begins, with stamps from anywhere; its places are filled until its first frame. */
  begins(track: TrackName): void {
    this.#gone.add(track);
    this.#late.delete(track);
    this.#steadyTime.begins(track);
    this.#paces[track].begins();
  }

  isGone(track: TrackName): boolean {
    return this.#gone.has(track);
  }

  /** When the last of the pictures so far is shown, in common time. */
  get shownUntilUs(): number {
    return (this.#zeroUs ?? 0) + this.#lastShownMs * 1000;
  }

  /** Whether the source of a track that is gone has caught up: the moment of this frame has not been filled yet. */
  isBack(frame: Frame): boolean {
    const track = trackOf(frame);
    const endUs = track === "video" ? this.#lastPictureUs() : this.#audio.nextUs;
    const byUs = (endUs ?? 0) - decodeTimeUs(frame);
    if (endUs === null || byUs <= 0) return true;
    const late = this.#late.get(track);
    if (late === undefined || byUs < late.byUs - LEAST_GAIN_US) {
      this.#late.set(track, { byUs, sinceUs: this.#nowUs });
      return false;
    }
    return this.#nowUs - late.sinceUs > LATE_FOR_GOOD_US;
  }

  /** The track's source is back with this frame, which is placed next: the silence up to it. */
  resume(frame: Frame, audioFrameUs: number): readonly Fill[] {
    const track = trackOf(frame);
    this.#gone.delete(track);
    this.#late.delete(track);
    if (frame.kind === "video-frame") return [];
    const silence = this.#silence(frame.presentationTimeUs + audioFrameUs / 2);
    this.#audio.resume(frame.presentationTimeUs, audioFrameUs);
    return silence;
  }

  /**
   * What the tracks need that have no source, or one of which nothing comes: to stay with the other, and where there is
   * none, with the time that goes by.
   */
  fill(nowUs: number, audioFrameUs: number): readonly Fill[] {
    if (this.#zeroUs === null) return [];
    const isLate = this.#dueUs !== null && nowUs - this.#dueUs > MAX_DELAY_US;
    if (isLate) {
      this.#dueUs = nowUs + FILL_EVERY_US;
      return [];
    }
    const fills = this.#fillUntil(nowUs, audioFrameUs);
    this.nextFillUs(nowUs);
    return fills;
  }

  /** When to `fill` next; null while nothing can be missing. A call that is much later was held up: see `fill`. */
  nextFillUs(nowUs: number): number | null {
    if (this.#zeroUs === null) return null;
    let dueUs = Number.POSITIVE_INFINITY;
    for (const track of this.#names) {
      const overdueUs = this.#paces[track].overdueUs ?? Number.POSITIVE_INFINITY;
      dueUs = Math.min(dueUs, this.isGone(track) ? nowUs : overdueUs);
    }
    this.#dueUs = Number.isFinite(dueUs) ? Math.max(dueUs, nowUs + FILL_EVERY_US) : null;
    return this.#dueUs;
  }

  #fillUntil(nowUs: number, audioFrameUs: number): readonly Fill[] {
    for (const track of this.#names) if (this.#paces[track].isOverdue(nowUs)) this.lost(track);
    const liveUs = this.#liveUs(nowUs);
    const pictures = this.isGone("video") ? this.#picturesAgain(liveUs - this.#pictureLagUs()) : [];
    return this.isGone("audio") ? [...pictures, ...this.#silenceBehind(liveUs, audioFrameUs)] : pictures;
  }

  /** Where the tracks are now that have a source; where none has, those that had one. */
  #liveUs(nowUs: number): number {
    const live = this.#names.filter((track) => !this.isGone(track));
    const times = (live.length > 0 ? live : this.#names).map((track) => this.#paces[track].timeUs(nowUs));
    return Math.max(...times.filter((timeUs) => timeUs !== null));
  }

  #picturesAgain(liveUs: number): Fill[] {
    const lastUs = this.#lastPictureUs();
    const count = Math.min(Math.floor((liveUs - lastUs) / PICTURE_AGAIN_US), MAX_PICTURES_AGAIN);
    const firstUs = Math.max(lastUs + PICTURE_AGAIN_US, liveUs - (MAX_PICTURES_AGAIN - 1) * PICTURE_AGAIN_US);
    return Array.from({ length: Math.max(count, 0) }, (_, n) => firstUs + n * PICTURE_AGAIN_US).flatMap(
      (timeUs) => {
        const shownUs = Math.max(timeUs, this.shownUntilUs + 1000);
        const times = { decodeTimeUs: timeUs, presentationTimeUs: shownUs };
        return asFill("video", this.#placePicture(times, true));
      },
    );
  }

  #lastPictureUs(): number {
    return (this.#zeroUs ?? 0) + this.#lastVideoMs * 1000;
  }

  #silenceBehind(liveUs: number, audioFrameUs: number): Fill[] {
    const untilUs = liveUs - this.#soundLagUs();
    if (this.#audio.nextUs === null) this.#audio.begin(untilUs - audioFrameUs, audioFrameUs);
    return this.#silence(untilUs);
  }

  #soundLagUs(): number {
    const [soundUs, pictureUs] = [this.#paces.audio.wayUs, this.#paces.video.wayUs];
    if (soundUs === null) return SOUND_LAG_US;
    return pictureUs === null ? 0 : Math.max(soundUs - pictureUs, 0);
  }

  /** How much later than its sound a picture arrives, of an encoder that holds it back. */
  #pictureLagUs(): number {
    const [soundUs, pictureUs] = [this.#paces.audio.wayUs, this.#paces.video.wayUs];
    if (soundUs === null || pictureUs === null || this.isGone("audio")) return 0;
    return Math.max(pictureUs - soundUs, 0);
  }

  #silence(untilUs: number): Fill[] {
    const { nextUs } = this.#audio;
    if (nextUs !== null && untilUs - nextUs > MAX_SILENCE_US) this.#audio.skipTo(untilUs);
    const fills: Fill[] = [];
    for (let atUs = this.#audio.take(untilUs); atUs !== null; atUs = this.#audio.take(untilUs)) {
      fills.push(...asFill("audio", this.#placeSound(atUs)));
    }
    return fills;
  }

  #placePicture(
    { decodeTimeUs: timeUs, presentationTimeUs }: Pick<VideoFrame, "decodeTimeUs" | "presentationTimeUs">,
    isKey: boolean,
  ): Place | null {
    const startsEpoch = isKey && this.#startsEpoch(timeUs);
    const wantedMs = this.#wantedMs(timeUs);
    if (wantedMs === null) return null;
    this.#lastVideoMs = Math.max(wantedMs, this.#lastVideoMs + 1);
    const presentationMs = Math.max(this.#wantedMs(presentationTimeUs) ?? 0, this.#lastVideoMs);
    this.#lastShownMs = Math.max(this.#lastShownMs, presentationMs);
    return { timestampMs: this.#lastVideoMs, presentationMs, startsEpoch };
  }

  #placeSound(timeUs: number): Place | null {
    const startsEpoch = !this.#tracks.video && this.#startsEpoch(timeUs);
    const wantedMs = this.#wantedMs(timeUs);
    if (wantedMs === null) return null;
    this.#lastAudioMs = Math.max(wantedMs, this.#lastAudioMs + 1);
    return { timestampMs: this.#lastAudioMs, presentationMs: this.#lastAudioMs, startsEpoch };
  }

  #startsEpoch(timeUs: number): boolean {
    // Of frames that come faster than one a millisecond, timestamps run ahead of time.
    const aheadMs = Math.max(this.#lastVideoMs, this.#lastAudioMs);
    const usedMs = this.#zeroUs === null ? null : Math.max((timeUs - this.#zeroUs) / 1000, aheadMs);
    if (usedMs !== null && usedMs < this.#epochLimitMs) return false;
    this.#zeroUs = timeUs;
    this.#lastVideoMs = -1;
    this.#lastShownMs = -1;
    this.#lastAudioMs = -1;
    return true;
  }

  #wantedMs(timeUs: number): number | null {
    if (this.#zeroUs === null || timeUs < this.#zeroUs) return null;
    return Math.round((timeUs - this.#zeroUs) / 1000);
  }
}

function asFill(track: TrackName, place: Place | null): Fill[] {
  return place === null ? [] : [{ track, ...place }];
}
