import { isSameConfig } from "../media/codecs.ts";
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
import { type Fill, type Place, Timeline } from "../timing/timeline.ts";
import { Filler, type KeyPicture } from "./filler.ts";
import { again, Gop } from "./gop.ts";

export interface StreamWriterOptions {
  readonly outputs: Pick<FanOut, "push" | "startEpoch">;
  readonly tracks: Tracks;
  readonly wallMs?: () => number;
  readonly epochLimitMs?: number;
}

/** A frame that is older, or comes from the future, has no age. */
const MAX_AGE_MS = 5000;

/**
 * Puts packets in time, and hands them to the outputs. A track whose source is lost or sends nothing is filled in real time, so
 * that viewers go on.
 */
export class StreamWriter {
  readonly #outputs: StreamWriterOptions["outputs"];
  readonly #timeline: Timeline;
  readonly #wallMs: (() => number) | null;
  readonly #gop = new Gop();
  readonly #filler = new Filler();
  #videoConfig: VideoConfig | null = null;
  #audioConfig: AudioConfig | null = null;
  /** Settings go out with the next frame of their track, at its time. */
  readonly #unsent = new Set<TrackName>();
  #hasBegun = false;
  #hasSound = false;
  #arrivalUs = 0;

  constructor({ outputs, tracks, wallMs, epochLimitMs }: StreamWriterOptions) {
    this.#outputs = outputs;
    this.#timeline = new Timeline(tracks, epochLimitMs);
    this.#wallMs = wallMs ?? null;
  }

  get videoConfig(): VideoConfig | null {
    return this.#videoConfig;
  }

  get audioConfig(): AudioConfig | null {
    return this.#audioConfig;
  }

  /** Some has come, or silence stands in for it. */
  get hasSound(): boolean {
    return this.#hasSound || this.#timeline.isGone("audio");
  }

  get keyPicture(): KeyPicture | null {
    return this.#filler.keyPicture;
  }

  /** The packet without the steps of its clock; packets are given in the order of their arrival. */
  steady(packet: Packet, arrivalUs: number): Packet {
    this.#arrivalUs = arrivalUs;
    return isFrame(packet) ? this.#timeline.steady(packet, arrivalUs) : packet;
  }

  lost(track: TrackName): void {
    this.#timeline.lost(track);
  }

  begins(track: TrackName): void {
    this.#timeline.begins(track);
    if (track === "video") this.#gop.break();
  }

  nextFillUs(nowUs: number): number | null {
    return this.#timeline.nextFillUs(nowUs);
  }

  /** Fills the tracks of which nothing comes. After each picture, tells until when the video is shown by then. */
  *fill(nowUs: number): Generator<number> {
    for (const fill of this.#timeline.fill(nowUs, this.#audioFrameUs())) {
      if (this.#fill(fill) && fill.track === "video") yield this.#timeline.shownUntilUs;
    }
  }

  write(packet: Packet): void {
    switch (packet.kind) {
      case "video-config":
        this.#videoConfig = packet;
        return this.#configure(packet);
      case "audio-config":
        if (this.#isAsExpected(packet)) return;
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

  /** It has been sent before sound came. */
  #isAsExpected(config: AudioConfig): boolean {
    return !this.#hasSound && this.#audioConfig !== null && isSameConfig(config, this.#audioConfig);
  }

  #frame(frame: Frame): void {
    const track = trackOf(frame);
    this.#hasSound ||= track === "audio";
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
    // A key frame with settings of its own cannot be kept for later, behind the old ones: it goes out at once. What comes with it
    // of a time that was filled follows a millisecond apart, as in `repeat`: later frames are decoded by it, and spaced as it
    // was, it would leave the stream late for good.
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
    this.#filler.saw(frame, this.#capturedMs(frame) ?? 0);
  }

  /** Between them and their next one the key picture was shown again: decoders need them again, a millisecond each. */
  #repeat(pictures: readonly VideoFrame[], untilUs: number): void {
    for (const picture of again(pictures, untilUs, this.#timeline.shownUntilUs)) {
      const place = this.#timeline.place(picture, 0);
      if (place !== null) this.#publish(placed(picture, place), place.timestampMs);
    }
  }

  /** @returns whether there was something to fill it with */
  #fill(fill: Fill): boolean {
    const frame = this.#filler.frame(fill.track);
    if (frame === null) return false;
    if (fill.startsEpoch) this.#outputs.startEpoch();
    this.#publish(placed(frame, fill), fill.timestampMs);
    return true;
  }

  #resend(track: TrackName, timestampMs: number): void {
    const config = track === "video" ? this.#videoConfig : this.#audioConfig;
    if (config !== null) this.#publish(config, timestampMs);
  }

  #publish(packet: Packet, timestampMs: number, capturedMs: number | null = null): void {
    if (!isFrame(packet)) this.#filler.sent(packet);
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
