import { Buffer } from "node:buffer";
import type { AudioConfig, AudioFrame, DecodedSound } from "../packet.ts";
import { UnitDrops } from "../unit-drops.ts";
import { type AdtsFrame, AdtsSplitter } from "./adts.ts";
import { type AacFormat, parseAudioSpecificConfig, withImplicitSbr } from "./config.ts";

/** Less than this behind the last stamp is the last stamp: ffmpeg has made it up. */
const SAME_STAMP_US = 1000;

/**
 * Turns AAC into packets, an AudioConfig first. With an AudioSpecificConfig as `extradata` the data are raw frames;
 * without one they are ADTS, as copied out of MPEG-TS, and what is damaged of them is dropped.
 */
export class AacTrack {
  readonly drops = new UnitDrops();
  /** What `extradata` say, before any frame has come; null without them. */
  readonly announced: AudioConfig | null;
  readonly #split: (data: Uint8Array) => AdtsFrame[];
  readonly #declared: DecodedSound | undefined;
  #config: AudioConfig | null = null;
  #stampUs = Number.NEGATIVE_INFINITY;
  /** Where the last frame ends. */
  #endUs = 0;

  /**
   * @param declared what ffmpeg has heard of it: the only sign of SBR that stands in the frames alone
   * @throws CorruptInputError for private data that are no AudioSpecificConfig
   */
  constructor(extradata: Uint8Array = new Uint8Array(0), declared?: DecodedSound) {
    this.#declared = declared;
    const audioSpecificConfig = new Uint8Array(extradata);
    this.announced = extradata.length > 0 ? this.#configOf(audioSpecificConfig) : null;
    const adts = new AdtsSplitter(this.drops);
    this.#split =
      extradata.length === 0 ? (data) => adts.split(data) : (data) => [{ audioSpecificConfig, data }];
  }

  /**
   * Takes one packet; several ADTS frames in it follow each other in time, and so do raw frames of one stamp: until ffmpeg has
   * decoded one, it has no other for those that came in one packet of RTP.
   */
  push(data: Uint8Array, presentationTimeUs: number): (AudioConfig | AudioFrame)[] {
    if (data.length === 0) return [];
    const packets: (AudioConfig | AudioFrame)[] = [];
    const afterUs = presentationTimeUs - this.#stampUs;
    this.#stampUs = presentationTimeUs;
    const isMadeUp = this.announced !== null && afterUs >= 0 && afterUs < SAME_STAMP_US;
    let frameTimeUs = isMadeUp ? this.#endUs : presentationTimeUs;
    let sinceUs = frameTimeUs;
    let frames = 0;
    for (const frame of this.#split(data)) {
      const config = this.drops.guard(() => this.#configOf(frame.audioSpecificConfig));
      if (config === null) continue;
      if (config !== this.#config) {
        this.#config = config;
        packets.push(config);
        [sinceUs, frames] = [frameTimeUs, 0];
      }
      packets.push({ kind: "audio-frame", codec: "aac", presentationTimeUs: frameTimeUs, data: frame.data });
      this.drops.used();
      frames++;
      frameTimeUs = sinceUs + (frames * config.samplesPerFrame * 1e6) / config.sampleRateHz;
    }
    this.#endUs = frameTimeUs;
    return packets;
  }

  #configOf(audioSpecificConfig: Uint8Array): AudioConfig {
    const said =
      this.#declared === undefined
        ? audioSpecificConfig
        : withImplicitSbr(audioSpecificConfig, this.#declared);
    const known = this.#config;
    if (known !== null && Buffer.compare(known.decoderConfig, said) === 0) return known;
    return audioConfig(said, parseAudioSpecificConfig(said));
  }
}

function audioConfig(
  decoderConfig: Uint8Array,
  { sampleRateHz, samplesPerFrame, channels, output }: AacFormat,
): AudioConfig {
  const isMore = output.sampleRateHz !== sampleRateHz || output.channels !== channels;
  return {
    ...{ kind: "audio-config", codec: "aac", decoderConfig, sampleRateHz, samplesPerFrame, channels },
    ...(isMore && { output }),
  };
}
