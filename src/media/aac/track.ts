import { Buffer } from "node:buffer";
import type { AudioConfig, AudioFrame } from "../packet.ts";
import { UnitDrops } from "../unit-drops.ts";
import { type AdtsFrame, AdtsSplitter } from "./adts.ts";
import { type AacFormat, parseAudioSpecificConfig } from "./config.ts";

/**
 * Turns AAC into packets, an AudioConfig first. With an AudioSpecificConfig as `extradata` the data are raw frames;
 * without one they are ADTS, as copied out of MPEG-TS, and what is damaged of them is dropped.
 */
export class AacTrack {
  readonly drops = new UnitDrops();
  readonly #split: (data: Uint8Array) => AdtsFrame[];
  #config: AudioConfig | null = null;

  /** @throws CorruptInputError for private data that are no AudioSpecificConfig */
  constructor(extradata: Uint8Array = new Uint8Array(0)) {
    const audioSpecificConfig = new Uint8Array(extradata);
    if (extradata.length > 0) parseAudioSpecificConfig(extradata); // fails now, not with the first frame
    const adts = new AdtsSplitter(this.drops);
    this.#split =
      extradata.length === 0 ? (data) => adts.split(data) : (data) => [{ audioSpecificConfig, data }];
  }

  /** Takes one packet; several ADTS frames in it follow each other in time. */
  push(data: Uint8Array, presentationTimeUs: number): (AudioConfig | AudioFrame)[] {
    if (data.length === 0) return [];
    const packets: (AudioConfig | AudioFrame)[] = [];
    let frameTimeUs = presentationTimeUs;
    let sinceUs = presentationTimeUs;
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
    return packets;
  }

  #configOf(audioSpecificConfig: Uint8Array): AudioConfig {
    const known = this.#config;
    if (known !== null && Buffer.compare(known.decoderConfig, audioSpecificConfig) === 0) return known;
    return audioConfig(audioSpecificConfig, parseAudioSpecificConfig(audioSpecificConfig));
  }
}

function audioConfig(
  decoderConfig: Uint8Array,
  { sampleRateHz, samplesPerFrame, channels }: AacFormat,
): AudioConfig {
  return { kind: "audio-config", codec: "aac", decoderConfig, sampleRateHz, samplesPerFrame, channels };
}
