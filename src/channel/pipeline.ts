import { audioCodecs, type StreamForm } from "../media/codecs.ts";
import type { Rates } from "../media/flv/metadata.ts";
import {
  type AudioConfig,
  atTimes,
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
import type { FanOut } from "../outputs/fan-out.ts";
import { Interleaver } from "../timing/interleaver.ts";
import { Preroll, type PrerollOptions } from "../timing/preroll.ts";
import { type Fill, type Place, Timeline } from "../timing/timeline.ts";
import { Filler } from "./filler.ts";
import { again, Gop } from "./gop.ts";

export interface PipelineOptions {
  /** Where the packets go; it is told what begins. */
  readonly outputs: FanOut;
  readonly tracks: Tracks;
  readonly rates: Rates;
  /** The program and its version, for those who receive the stream. */
  readonly encoderName: string;
  /** See `StreamInfo`. */
  readonly form?: StreamForm;
  readonly preroll?: PrerollOptions;
  /**
   * What the sound will be, where that is known before it comes: it may begin late, or never, and the stream does not wait for
   * it.
   */
  readonly expectedAudio?: AudioConfig | null;
  /** Sound waits for the video of its time, which an encoder holds back. */
  readonly interleaves?: boolean;
  /** The wall clock, by which outputs hear when a frame was captured; without it they hear nothing. */
  readonly wallMs?: () => number;
  /** See `Timeline`; for tests in fast time. */
  readonly epochLimitMs?: number;
}

export interface KeyPicture {
  readonly config: VideoConfig;
  readonly frame: VideoFrame;
  /** When it was captured, in milliseconds since 1970. */
  readonly takenMs: number;
  /** How much newer the newest picture is. */
  readonly behindMs: number;
}

/** A picture waits so long for sound that is announced. */
const SOUND_WAIT_US = 2e6;
/** A frame that is older, or comes from the future, has no age. */
const MAX_AGE_MS = 5000;

/**
 * From packets in common time to the outputs: held back until the stream can begin, and put in time. Once it has begun, a
 * track whose source is lost or sends nothing is filled in real time, so that viewers go on.
 */
export class Pipeline {
  readonly #outputs: FanOut;
  readonly #preroll: Preroll;
  readonly #timeline: Timeline;
  readonly #tracks: Tracks;
  #interleaver: Interleaver | null = null;
  #videoConfig: VideoConfig | null = null;
  #audioConfig: AudioConfig | null = null;
  /** Settings go out with the next frame of their track, at its time. */
  readonly #unsent = new Set<TrackName>();
  readonly #gop = new Gop();
  readonly #filler = new Filler();
  #sentVideoConfig: VideoConfig | null = null;
  #hasBegun = false;
  #rates: Rates;
  readonly #wallMs: (() => number) | null;
  #expectedAudio: AudioConfig | null;
  /** Since when there are pictures, and no sound. */
  #soundlessSinceUs: number | null = null;
  /** Of the newest picture. */
  #newestUs = 0;
  /** See `KeyPicture`. */
  #keyTakenMs = 0;
  /** When what is worked on came. */
  #arrivalUs = 0;

  constructor({
    outputs,
    tracks,
    rates,
    encoderName,
    form,
    preroll,
    epochLimitMs,
    wallMs,
    expectedAudio = null,
    interleaves = false,
  }: PipelineOptions) {
    this.#outputs = outputs;
    this.#preroll = new Preroll(tracks, preroll);
    this.#timeline = new Timeline(tracks, epochLimitMs);
    this.#tracks = tracks;
    this.interleave(interleaves);
    this.#rates = rates;
    this.#wallMs = wallMs ?? null;
    this.#expectedAudio = expectedAudio;
    outputs.begin({ tracks, rates, encoderName, ...(form && { form }) });
  }

  /** Whether sound waits for its video from now on: another encoder may hold frames back, or none. */
  interleave(isWanted: boolean): void {
    if (isWanted && this.#tracks.video && this.#tracks.audio) this.#interleaver ??= new Interleaver();
    else this.#interleaver = null;
  }

  get rates(): Rates {
    return this.#rates;
  }

  /** What a device turned out to send, where that is not what was asked of it. */
  correct(rates: Rates): void {
    this.#rates = { ...this.#rates, ...rates };
    this.#outputs.correct(rates);
  }

  get videoConfig(): VideoConfig | null {
    return this.#videoConfig;
  }

  get audioConfig(): AudioConfig | null {
    return this.#audioConfig;
  }

  /** What sound that is copied will be, if it comes: the stream does not wait for it where silence can be made. */
  expectAudio(config: AudioConfig): void {
    if (this.#expectedAudio !== null) return; // it is told with each of its bytes
    if (audioCodecs[config.codec].silentFrame(config) !== null) this.#expectedAudio = config;
  }

  /** The last key picture with its settings: all that a still picture takes; null before the first. */
  get keyPicture(): KeyPicture | null {
    const [config, frame] = [this.#sentVideoConfig, this.#filler.key];
    if (config === null || frame === null) return null;
    const behindMs = (this.#newestUs - frame.decodeTimeUs) / 1000;
    return { config, frame, takenMs: this.#keyTakenMs, behindMs };
  }

  /** The track that the stream waits for; null once it has begun. */
  get missing(): "video" | "audio" | null {
    return this.#preroll.missing;
  }

  /**
   * Publishes what the packets complete; outputs get all of it at once. `arrivalUs`: when they came, by a clock that does
   * not step.
   */
  push(packets: readonly Packet[], arrivalUs: number): void {
    this.#arrivalUs = arrivalUs;
    for (const packet of packets) {
      const steady = isFrame(packet) ? this.#timeline.steady(packet, arrivalUs) : packet;
      for (const released of this.#preroll.push(steady)) this.#interleave(released);
    }
    this.#outputs.flush();
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

  /** When to `tick` next, by the clock of `push`; null while only a packet can change that. */
  nextTickUs(nowUs: number): number | null {
    const soundUs = this.#isWithoutSound(nowUs)
      ? (this.#soundlessSinceUs ?? nowUs) + SOUND_WAIT_US
      : Infinity;
    const dueUs = Math.min(soundUs, this.#timeline.nextFillUs(nowUs) ?? Infinity);
    return dueUs === Infinity ? null : dueUs;
  }

  /** Fills the tracks of which nothing comes up to now, by the clock of `push`; to be called when `nextTickUs` says. */
  tick(nowUs: number): void {
    this.#beginWithoutSound(nowUs);
    for (const fill of this.#timeline.fill(nowUs, this.#audioFrameUs())) this.#fill(fill);
    this.#outputs.flush();
  }

  #isWithoutSound(nowUs: number): boolean {
    if (this.#expectedAudio === null || this.#preroll.missing !== "audio") return false;
    this.#soundlessSinceUs ??= nowUs;
    return true;
  }

  #beginWithoutSound(nowUs: number): void {
    if (this.#expectedAudio === null || !this.#isWithoutSound(nowUs)) return;
    if (nowUs - (this.#soundlessSinceUs ?? nowUs) < SOUND_WAIT_US) return;
    for (const released of this.#preroll.push(this.#expectedAudio)) this.#take(released);
    this.#timeline.lost("audio");
  }

  #interleave(packet: Packet): void {
    for (const due of this.#interleaver?.push(packet) ?? [packet]) this.#take(due);
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
    if (place.startsEpoch) this.#outputs.startEpoch();
    if (this.#unsent.delete(track) && this.#hasBegun) this.#resend(track, place.timestampMs);
    this.#hasBegun = true;
    this.#publish(placed(frame, place), place.timestampMs, this.#capturedMs(frame));
    this.#remember(frame);
  }

  #capturedMs(frame: Frame): number | null {
    if (this.#wallMs === null) return null;
    const ageMs = (this.#arrivalUs - decodeTimeUs(frame)) / 1000;
    return this.#wallMs() - (ageMs >= 0 && ageMs < MAX_AGE_MS ? ageMs : 0);
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
    this.#newestUs = frame.decodeTimeUs;
    this.#gop.add(frame);
    if (!frame.isKey) return;
    this.#filler.sawKey(frame);
    this.#keyTakenMs = this.#capturedMs(frame) ?? 0;
  }

  /** Between them and their next one the key picture was shown again: decoders need them again, a millisecond each. */
  #repeat(pictures: readonly VideoFrame[], untilUs: number): void {
    for (const picture of again(pictures, untilUs, this.#timeline.shownUntilUs)) {
      const place = this.#timeline.place(picture, 0);
      if (place !== null) this.#publish(placed(picture, place), place.timestampMs);
    }
  }

  #fill(fill: Fill): void {
    const frame = this.#filler.frame(fill.track);
    if (frame === null) return;
    if (fill.startsEpoch) this.#outputs.startEpoch();
    this.#publish(placed(frame, fill), fill.timestampMs);
    if (fill.track === "audio") return;
    for (const due of this.#interleaver?.reach(this.#timeline.shownUntilUs) ?? []) this.#take(due);
  }

  #resend(track: TrackName, timestampMs: number): void {
    const config = track === "video" ? this.#videoConfig : this.#audioConfig;
    if (config !== null) this.#publish(config, timestampMs);
  }

  #publish(packet: Packet, timestampMs: number, capturedMs: number | null = null): void {
    if (packet.kind === "audio-config") this.#filler.sawSound(packet);
    if (packet.kind === "video-config") this.#sentVideoConfig = packet;
    this.#outputs.push({ packet, timestampMs, capturedMs });
  }

  #audioFrameUs(): number {
    return this.#audioConfig === null ? 0 : audioFrameUs(this.#audioConfig);
  }
}

/** With what its decode and presentation times are apart by the stream's time, which is whole milliseconds. */
function placed(frame: Frame, { timestampMs, presentationMs }: Place): Frame {
  if (frame.kind === "audio-frame") return frame;
  if (frame.presentationTimeUs === frame.decodeTimeUs && presentationMs === timestampMs) return frame;
  return atTimes(frame, timestampMs * 1000, presentationMs * 1000);
}
