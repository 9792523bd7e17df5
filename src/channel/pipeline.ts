import { audioCodecs, type StreamForm } from "../media/codecs.ts";
import type { Rates } from "../media/flv/metadata.ts";
import type { AudioConfig, Packet, TrackName, Tracks, VideoConfig } from "../media/packet.ts";
import type { FanOut } from "../outputs/fan-out.ts";
import { Interleaver } from "../timing/interleaver.ts";
import { Preroll } from "../timing/preroll.ts";
import type { KeyPicture } from "./filler.ts";
import { StreamWriter } from "./stream-writer.ts";

export interface PipelineOptions {
  readonly outputs: FanOut;
  readonly tracks: Tracks;
  readonly rates: Rates;
  /** The program and its version, for those who receive the stream. */
  readonly encoderName: string;
  readonly form?: StreamForm;
  /** See `Preroll`. */
  readonly keepsAll?: boolean;
  /** See `expectAudio`, of sound that is encoded here. */
  readonly expectedAudio?: AudioConfig | null;
  /** Sound waits for the video of its time, which an encoder holds back. */
  readonly interleaves?: boolean;
  /** The wall clock, by which outputs hear when a frame was captured; without it they hear nothing. */
  readonly wallMs?: () => number;
  /** See `Timeline`; for tests in fast time. */
  readonly epochLimitMs?: number;
}

/** So long pictures wait for sound that is announced, and viewers for sound before silence stands in for it. */
const SOUND_WAIT_US = 2e6;

/** From packets in common time to the outputs: held back until the stream can begin, and until what belongs together is there. */
export class Pipeline {
  readonly #outputs: FanOut;
  readonly #tracks: Tracks;
  readonly #preroll: Preroll;
  readonly #writer: StreamWriter;
  #interleaver: Interleaver | null = null;
  #rates: Rates;
  #expectedAudio: AudioConfig | null;
  #isExpectedEncoded = true;
  #soundlessSinceUs: number | null = null;

  constructor(options: PipelineOptions) {
    const { outputs, tracks, rates, encoderName, form, keepsAll, expectedAudio = null } = options;
    this.#outputs = outputs;
    this.#tracks = tracks;
    this.#preroll = new Preroll(tracks, keepsAll);
    this.#writer = new StreamWriter(options);
    this.#rates = rates;
    this.#expectedAudio = expectedAudio;
    this.interleave(options.interleaves === true);
    outputs.begin({ tracks, rates, encoderName, ...(form && { form }) });
  }

  /** Whether sound waits for its video from now on: another encoder may hold frames back, or none. */
  interleave(isWanted: boolean): void {
    if (isWanted && this.#tracks.video && this.#tracks.audio) this.#interleaver ??= new Interleaver();
    else {
      this.#release(Number.POSITIVE_INFINITY);
      this.#interleaver = null;
    }
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
    return this.#writer.videoConfig;
  }

  get audioConfig(): AudioConfig | null {
    return this.#writer.audioConfig;
  }

  get keyPicture(): KeyPicture | null {
    return this.#writer.keyPicture;
  }

  /**
   * What sound will be, if it comes: the stream does not wait for it where silence can be made, and not even for its first frame
   * where it is encoded here. What is copied may turn out to be something else.
   */
  expectAudio(config: AudioConfig, isEncoded: boolean): void {
    if (this.#expectedAudio !== null) return; // it is told with each of its bytes
    if (audioCodecs[config.codec].silentFrame(config) === null) return;
    this.#expectedAudio = config;
    this.#isExpectedEncoded = isEncoded;
  }

  get missing(): TrackName | null {
    return this.#preroll.missing;
  }

  /** Publishes what the packets complete. @param arrivalUs when they came, by a clock that does not step */
  push(packets: readonly Packet[], arrivalUs: number): void {
    for (const packet of packets) {
      for (const released of this.#preroll.push(this.#writer.steady(packet, arrivalUs)))
        this.#interleave(released);
    }
    if (this.#isExpectedEncoded) this.#beginWithoutSound();
    this.#outputs.flush();
  }

  /** Nothing comes on this track any more: `tick` fills it. */
  sourceLost(track: TrackName): void {
    this.#writer.lost(track);
    this.#preroll.forget(track);
  }

  /** A new process is started for this track: its settings come again, and its times may be anywhere. */
  sourceBegins(track: TrackName): void {
    this.#writer.begins(track);
    this.#preroll.forget(track);
  }

  /** When to `tick` next, by the clock of `push`; null while only a packet can change that. */
  nextTickUs(nowUs: number): number | null {
    const soundUs = this.#isWithoutSound(nowUs)
      ? (this.#soundlessSinceUs ?? nowUs) + SOUND_WAIT_US
      : Infinity;
    const dueUs = Math.min(soundUs, this.#writer.nextFillUs(nowUs) ?? Infinity);
    return dueUs === Infinity ? null : dueUs;
  }

  /** Fills the tracks of which nothing comes up to now, by the clock of `push`; to be called when `nextTickUs` says. */
  tick(nowUs: number): void {
    this.#standInForSound(nowUs);
    for (const shownUntilUs of this.#writer.fill(nowUs)) this.#release(shownUntilUs);
    this.#outputs.flush();
  }

  #isWithoutSound(nowUs: number): boolean {
    const { missing } = this.#preroll;
    const hasSound = missing === null && this.#writer.hasSound;
    if (this.#expectedAudio === null || missing === "video" || hasSound) return false;
    this.#soundlessSinceUs ??= nowUs;
    return true;
  }

  #beginWithoutSound(): void {
    if (this.#expectedAudio === null || this.#preroll.missing !== "audio") return;
    for (const released of this.#preroll.push(this.#expectedAudio)) this.#interleave(released);
  }

  #standInForSound(nowUs: number): void {
    if (!this.#isWithoutSound(nowUs) || nowUs - (this.#soundlessSinceUs ?? nowUs) < SOUND_WAIT_US) return;
    this.#beginWithoutSound();
    this.#writer.lost("audio");
  }

  #interleave(packet: Packet): void {
    for (const due of this.#interleaver?.push(packet) ?? [packet]) this.#writer.write(due);
  }

  /** Sound up to this time waits no longer. */
  #release(videoUs: number): void {
    for (const due of this.#interleaver?.reach(videoUs) ?? []) this.#writer.write(due);
  }
}
