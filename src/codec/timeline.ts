import { AudioCount } from "./audio-count.ts";
import { type Frame, type TrackName, type Tracks, trackOf } from "./packet.ts";
import { SteadyTime } from "./steady-time.ts";

/** A frame's place in the channel. */
export interface Place {
  /** Milliseconds from the channel's epoch. */
  readonly timestampMs: number;
  /** The first frame of a new epoch: the time before it is over, and every viewer has to begin anew. */
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
 * How often the last picture is shown again while there is no other. Chromium halts until it has some pictures ahead, and
 * stays behind by that: after an outage of ten seconds 2.4 s with two pictures a second, 0.8 s with five.
 */
const PICTURE_AGAIN_US = 200_000;
/** AAC of a moment arrives some 75 ms after its picture, 64 of them in the encoder: silence must not take its place. */
const SOUND_LAG_US = 150_000;
/** The other track is taken to go on for so long after its last frame. */
const MAX_QUIET_US = 1e6;
/** More silence than this is not sent at once: the sound jumps. */
const MAX_SILENCE_US = 20e6;
/** The distance of two pictures, until one is known. */
const PICTURE_US = 40_000;
const MAX_PICTURE_US = 100_000;

/**
 * The only room that decides time: it turns common time (microseconds, any origin) into the channel's timestamps.
 * Zero is the first key frame, in a channel without video the first audio frame; what is older has no place. On each
 * track timestamps only grow, whatever becomes of clocks and sources: see `steady`, `lost` and `fill`.
 */
export class Timeline {
  readonly #tracks: Tracks;
  readonly #epochLimitMs: number;
  readonly #steadyTime = new SteadyTime();
  readonly #audio = new AudioCount();
  /** Tracks that have no source, or one that has sent nothing yet. */
  readonly #gone = new Set<TrackName>();
  /** The newest frame of each track that has had one: on the channel's line, and when it arrived. */
  readonly #newest: Record<TrackName, Newest | null> = { video: null, audio: null };
  /** What has been closed up: a moment of common time less this is its place on the channel's line. */
  #closedUs = 0;
  /** The epoch's zero on the line. */
  #zeroUs: number | null = null;
  #lastVideoMs = -1;
  #lastAudioMs = -1;
  #pictureUs = PICTURE_US;

  constructor(tracks: Tracks, epochLimitMs: number = EPOCH_LIMIT_MS) {
    this.#tracks = tracks;
    this.#epochLimitMs = epochLimitMs;
  }

  /** The frame at a time of which steps of its clock are taken out; frames are given in the order of their arrival. */
  steady<F extends Frame>(frame: F, arrivalUs: number): F {
    const track = trackOf(frame);
    const timeUs = this.#steadyTime.timeUs(track, frame.timeUs, arrivalUs);
    this.#newest[track] = { timeUs, arrivalUs };
    return timeUs === frame.timeUs ? frame : { ...frame, timeUs };
  }

  /** Null: the frame is older than the channel, or its moment has a sound already. An AAC frame lasts `audioFrameUs`. */
  place(frame: Frame, audioFrameUs: number): Place | null {
    const wantedUs = frame.timeUs - this.#closedUs;
    if (frame.kind === "video-frame") return this.#placePicture(wantedUs, frame.isKey);
    const lineUs = this.#audio.snap(wantedUs, audioFrameUs);
    return lineUs === null ? null : this.#placeSound(lineUs);
  }

  /** The track's source is gone: from now on its places are `fill`ed. */
  lost(track: TrackName): void {
    this.#gone.add(track);
  }

  /** A new source of the track begins, with stamps from anywhere; its places are filled until its first frame. */
  begins(track: TrackName): void {
    this.#gone.add(track);
    this.#steadyTime.begins(track);
  }

  isGone(track: TrackName): boolean {
    return this.#gone.has(track);
  }

  /**
   * The track's source is back with this frame, which is placed next. When all tracks were gone, the outage is closed up:
   * the frame follows the last one. What is between is filled with the silence that is returned.
   */
  resume(frame: Frame, audioFrameUs: number): readonly Fill[] {
    const track = trackOf(frame);
    if (this.#areAllGone()) this.#closeUp(frame, audioFrameUs);
    this.#gone.delete(track);
    if (track === "video") return [];
    const lineUs = frame.timeUs - this.#closedUs;
    const silence = this.#silence(lineUs + audioFrameUs / 2);
    this.#audio.resume(lineUs, audioFrameUs);
    return silence;
  }

  /** What the tracks without source need to stay with the other, which goes on: nothing when none does. */
  fill(nowUs: number, audioFrameUs: number): readonly Fill[] {
    const liveUs = this.#liveUs(nowUs);
    if (liveUs === null || this.#zeroUs === null) return [];
    const { video, audio } = this.#tracks;
    const picture = video && this.isGone("video") ? this.#pictureAgain(liveUs) : [];
    if (!audio || !this.isGone("audio")) return picture;
    const untilUs = liveUs - SOUND_LAG_US;
    if (this.#audio.nextUs === null) this.#audio.begin(untilUs - audioFrameUs, audioFrameUs);
    return [...picture, ...this.#silence(untilUs)];
  }

  #areAllGone(): boolean {
    const { video, audio } = this.#tracks;
    return (!video || this.isGone("video")) && (!audio || this.isGone("audio"));
  }

  #closeUp(frame: Frame, audioFrameUs: number): void {
    const ends = [this.#videoUs(), this.#audio.nextUs].filter((endUs) => endUs !== null);
    if (this.#zeroUs === null || ends.length === 0) return;
    const nextUs = Math.max(...ends);
    const lineUs = frame.kind === "audio-frame" ? this.#audio.atOrAfter(nextUs, audioFrameUs) : nextUs;
    this.#closedUs = frame.timeUs - lineUs;
  }

  /** Where on the line the next picture would follow; null before the first. */
  #videoUs(): number | null {
    return this.#zeroUs === null || this.#lastVideoMs < 0
      ? null
      : this.#zeroUs + this.#lastVideoMs * 1000 + this.#pictureUs;
  }

  /** Where on the line the track that has a source is now. */
  #liveUs(nowUs: number): number | null {
    const lives = (["video", "audio"] as const).flatMap((track) => {
      const newest = this.isGone(track) ? null : this.#newest[track];
      if (newest === null) return [];
      const sinceUs = Math.min(Math.max(nowUs - newest.arrivalUs, 0), MAX_QUIET_US);
      return [newest.timeUs - this.#closedUs + sinceUs];
    });
    return lives.length === 0 ? null : Math.max(...lives);
  }

  #pictureAgain(liveUs: number): Fill[] {
    const lastUs = (this.#zeroUs ?? 0) + this.#lastVideoMs * 1000;
    if (liveUs - lastUs < PICTURE_AGAIN_US) return [];
    return [this.#placePicture(liveUs, true)].flatMap((place) => asFill("video", place));
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

  #placePicture(lineUs: number, isKey: boolean): Place | null {
    const startsEpoch = isKey && this.#startsEpoch(lineUs);
    const wantedMs = this.#wantedMs(lineUs);
    if (wantedMs === null) return null;
    const timestampMs = Math.max(wantedMs, this.#lastVideoMs + 1);
    const distanceUs = (timestampMs - this.#lastVideoMs) * 1000;
    if (this.#lastVideoMs >= 0) this.#pictureUs = Math.min(distanceUs, MAX_PICTURE_US);
    this.#lastVideoMs = timestampMs;
    return { timestampMs, startsEpoch };
  }

  #placeSound(lineUs: number): Place | null {
    const startsEpoch = !this.#tracks.video && this.#startsEpoch(lineUs);
    const wantedMs = this.#wantedMs(lineUs);
    if (wantedMs === null) return null;
    this.#lastAudioMs = Math.max(wantedMs, this.#lastAudioMs + 1);
    return { timestampMs: this.#lastAudioMs, startsEpoch };
  }

  #startsEpoch(lineUs: number): boolean {
    if (this.#zeroUs !== null && lineUs - this.#zeroUs < this.#epochLimitMs * 1000) return false;
    this.#zeroUs = lineUs;
    this.#lastVideoMs = -1;
    this.#lastAudioMs = -1;
    return true;
  }

  #wantedMs(lineUs: number): number | null {
    if (this.#zeroUs === null || lineUs < this.#zeroUs) return null;
    return Math.round((lineUs - this.#zeroUs) / 1000);
  }
}

interface Newest {
  readonly timeUs: number;
  readonly arrivalUs: number;
}

function asFill(track: TrackName, place: Place | null): Fill[] {
  return place === null ? [] : [{ track, ...place }];
}
