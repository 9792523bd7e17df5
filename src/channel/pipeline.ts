import { isSameConfig } from "../media/codecs.ts";
import type { StreamClock } from "../media/flv/clock-body.ts";
import { encodeClock } from "../media/flv/clock-tag.ts";
import type { Rates } from "../media/flv/metadata.ts";
import { Muxer } from "../media/flv/muxer.ts";
import {
  type AudioConfig,
  atDecodeTime,
  audioFrameUs,
  decodeTimeUs,
  type Frame,
  isFrame,
  type Packet,
  type TrackName,
  type Tracks,
  trackOf,
  type VideoConfig,
  type VideoFrame,
} from "../media/packet.ts";
import type { Hub } from "../outputs/live/hub.ts";
import { Preroll } from "../timing/preroll.ts";
import { type Fill, Timeline } from "../timing/timeline.ts";
import { Filler } from "./filler.ts";
import { Gop } from "./gop.ts";

export interface PipelineOptions {
  readonly hub: Hub;
  readonly tracks: Tracks;
  readonly rates: Rates;
  readonly encoderName: string;
  /** Pictures to look at before the stream begins. */
  readonly minVideoFrames?: number;
  /** The wall clock, which viewers are told once a second; without it they are told nothing. */
  readonly wallMs?: () => number;
  /** See `Timeline`; for tests in fast time. */
  readonly epochLimitMs?: number;
}

export interface KeyPicture {
  readonly config: VideoConfig;
  readonly frame: VideoFrame;
}

/**
 * From packets in common time to the hub: held back until the stream can begin, put in time, made tags. Once it has
 * begun, a track whose source is lost or sends nothing is filled in real time, so that viewers go on.
 */
export class Pipeline {
  readonly #hub: Hub;
  readonly #preroll: Preroll;
  readonly #timeline: Timeline;
  readonly #muxer: Muxer;
  #videoConfig: VideoConfig | null = null;
  #audioConfig: AudioConfig | null = null;
  /** Settings go out with the next frame of their track, at its time. */
  readonly #unsent = new Set<TrackName>();
  readonly #gop = new Gop();
  readonly #filler = new Filler();
  #videoMs = -1;
  #sentVideoConfig: VideoConfig | null = null;
  #hasBegun = false;
  #rates: Rates;
  readonly #clockTags: ClockTags | null;
  /** Its frames are the ones whose age is told. */
  readonly #clockTrack: TrackName;
  /** When what is worked on came. */
  #arrivalUs = 0;

  constructor({ hub, tracks, rates, encoderName, minVideoFrames, epochLimitMs, wallMs }: PipelineOptions) {
    this.#hub = hub;
    this.#preroll = new Preroll(tracks, minVideoFrames);
    this.#timeline = new Timeline(tracks, epochLimitMs);
    this.#rates = rates;
    this.#muxer = new Muxer({ tracks, rates, encoderName });
    this.#clockTags = wallMs === undefined ? null : new ClockTags(wallMs);
    this.#clockTrack = tracks.video ? "video" : "audio";
  }

  get rates(): Rates {
    return this.#rates;
  }

  /** What a device turned out to send, where that is not what was asked of it. */
  correct(rates: Rates): void {
    this.#rates = { ...this.#rates, ...rates };
    this.#muxer.correct(rates);
  }

  get videoConfig(): VideoConfig | null {
    return this.#videoConfig;
  }

  get audioConfig(): AudioConfig | null {
    return this.#audioConfig;
  }

  /** The last key picture with its settings: all that a still picture takes; null before the first. */
  get keyPicture(): KeyPicture | null {
    const [config, frame] = [this.#sentVideoConfig, this.#filler.key];
    return config === null || frame === null ? null : { config, frame };
  }

  /** The track that the stream waits for; null once it has begun. */
  get missing(): "video" | "audio" | null {
    return this.#preroll.missing;
  }

  /**
   * Publishes what the packets complete; viewers get all of it at once. `arrivalUs`: when they came, by a clock that does
   * not step.
   */
  push(packets: readonly Packet[], arrivalUs: number): void {
    this.#arrivalUs = arrivalUs;
    for (const packet of packets) {
      const steady = isFrame(packet) ? this.#timeline.steady(packet, arrivalUs) : packet;
      for (const released of this.#preroll.push(steady)) this.#take(released);
    }
    this.#hub.flush();
  }

  /** Nothing comes on this track any more: `tick` fills it. */
  sourceLost(track: TrackName): void {
    this.#timeline.lost(track);
    this.#preroll.forget(track);
  }

  /** A new process is started for this track: its settings come again, and its times may be anywhere. */
  sourceBegins(track: TrackName): void {
    this.#timeline.begins(track);
    this.#preroll.forget(track);
    if (track === "video") this.#gop.break();
  }

  /** Fills the tracks of which nothing comes up to now, by the clock of `push`; to be called some twenty times a second. */
  tick(nowUs: number): void {
    for (const fill of this.#timeline.fill(nowUs, this.#audioFrameUs())) this.#fill(fill);
    this.#hub.flush();
  }

  #take(packet: Packet): void {
    switch (packet.kind) {
      case "video-config":
        this.#videoConfig = packet;
        return this.#configure(packet);
      case "audio-config":
        this.#audioConfig = packet;
        return this.#configure(packet);
      case "video-frame":
      case "audio-frame":
        return this.#frame(packet);
    }
  }

  /** The stream begins with its settings; later ones wait for their frame, or their track's time would step back. */
  #configure(config: VideoConfig | AudioConfig): void {
    if (this.#hasBegun) this.#unsent.add(trackOf(config));
    else this.#publish(config, 0);
  }

  #frame(frame: Frame): void {
    const track = trackOf(frame);
    if (this.#timeline.isGone(track) && !this.#resume(frame)) return;
    const place = this.#timeline.place(frame, this.#audioFrameUs());
    if (place === null) return;
    if (place.startsEpoch) this.#hub.startEpoch();
    if (this.#unsent.delete(track) && this.#hasBegun) {
      if (track === "video") this.#bridge(place.timestampMs);
      this.#resend(track, place.timestampMs);
    }
    this.#hasBegun = true;
    this.#publish(frame, place.timestampMs);
    this.#tellTime(frame, place.timestampMs);
    this.#remember(frame);
  }

  #tellTime(frame: Frame, timestampMs: number): void {
    if (trackOf(frame) !== this.#clockTrack) return;
    const clock = this.#clockTags?.tell(timestampMs, (this.#arrivalUs - decodeTimeUs(frame)) / 1000) ?? null;
    if (clock !== null) this.#hub.publish(encodeClock(clock));
  }

  /** False for a frame that is not sent: one that is late, or that nobody could decode. */
  #resume(frame: Frame): boolean {
    // A picture with settings of its own cannot be kept for later, behind the old ones.
    const isOfNewSource = frame.kind === "video-frame" && this.#unsent.has("video");
    if (!isOfNewSource && !this.#timeline.isBack(frame)) {
      this.#remember(frame);
      return false;
    }
    const isDelta = frame.kind === "video-frame" && !frame.isKey;
    const { pictures } = this.#gop;
    if (isDelta && pictures.length === 0) return false;
    for (const fill of this.#timeline.resume(frame, this.#audioFrameUs())) this.#fill(fill);
    if (isDelta) this.#repeat(pictures, frame.decodeTimeUs);
    return true;
  }

  #remember(frame: Frame): void {
    if (frame.kind !== "video-frame") return;
    this.#gop.add(frame);
    if (frame.isKey) this.#filler.sawKey(frame);
  }

  /** Between them and their next one the key picture was shown again: decoders need them anew, a millisecond each. */
  #repeat(pictures: readonly VideoFrame[], untilUs: number): void {
    for (const [index, picture] of pictures.entries()) {
      const timeUs = untilUs - (pictures.length - index) * 1000;
      const place = this.#timeline.place(atDecodeTime(picture, timeUs), 0);
      if (place !== null) this.#publish(picture, place.timestampMs);
    }
  }

  /**
   * Before other settings, the last key picture once more, for a millisecond. mpegts.js keeps one picture back: the last
   * one of the old settings reaches the browser behind the new ones, which drops it unless it is a key picture, and stands
   * still for ever at the hole.
   */
  #bridge(timestampMs: number): void {
    const { key } = this.#filler;
    if (key === null || !this.#haveSettingsChanged() || timestampMs - 1 <= this.#videoMs) return;
    this.#publish(key, timestampMs - 1);
  }

  #haveSettingsChanged(): boolean {
    const [sent, next] = [this.#sentVideoConfig, this.#videoConfig];
    return sent !== null && next !== null && !isSameConfig(sent, next);
  }

  #fill(fill: Fill): void {
    const frame = this.#filler.frame(fill.track);
    if (frame === null) return;
    if (fill.startsEpoch) this.#hub.startEpoch();
    this.#publish(frame, fill.timestampMs);
  }

  #resend(track: TrackName, timestampMs: number): void {
    const config = track === "video" ? this.#videoConfig : this.#audioConfig;
    if (config !== null) this.#publish(config, timestampMs);
  }

  #publish(packet: Packet, timestampMs: number): void {
    if (packet.kind === "audio-config") this.#filler.sawSound(packet);
    if (packet.kind === "video-frame") this.#videoMs = timestampMs;
    if (packet.kind === "video-config") this.#sentVideoConfig = packet;
    for (const tag of this.#muxer.push(packet, timestampMs)) this.#hub.publish(tag);
  }

  #audioFrameUs(): number {
    return this.#audioConfig === null ? 0 : audioFrameUs(this.#audioConfig);
  }
}

/** How often viewers are told the time, by the stream's own. */
const EVERY_MS = 1000;
/** A frame that is older, or comes from the future, has no age to be told. */
const MAX_AGE_MS = 5000;

/** When it is time to tell viewers the server's clock, and what it said when a frame was taken. */
export class ClockTags {
  readonly #wallMs: () => number;
  #toldMs: number | null = null;

  /** @param wallMs the server's wall clock */
  constructor(wallMs: () => number) {
    this.#wallMs = wallMs;
  }

  /** What is to be told behind a frame of that age; null when it was told a moment ago. */
  tell(streamMs: number, ageMs: number): StreamClock | null {
    if (this.#toldMs !== null && Math.abs(streamMs - this.#toldMs) < EVERY_MS) return null;
    this.#toldMs = streamMs;
    const isOfNow = ageMs >= 0 && ageMs < MAX_AGE_MS;
    return { streamMs, wallMs: this.#wallMs() - (isOfNow ? ageMs : 0) };
  }
}
