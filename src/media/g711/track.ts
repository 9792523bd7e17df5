import type { AudioConfig, AudioFrame } from "../packet.ts";
import { UnitDrops } from "../unit-drops.ts";

export type G711Codec = "pcm_alaw" | "pcm_mulaw";

/** A-law and µ-law of this rate with one channel are all that FLV has a name for, and a byte is a sample (ITU-T G.711). */
export const SAMPLE_RATE_HZ = 8000;

/** Of 20 ms: what is taken for the length of packets of which none has come. */
const USUAL_SAMPLES = 160;

/** What decodes to the least there is. */
const SILENCE: Readonly<Record<G711Codec, number>> = { pcm_alaw: 0xd5, pcm_mulaw: 0xff };

export function silentG711(codec: G711Codec, samples: number): Uint8Array {
  return new Uint8Array(samples).fill(SILENCE[codec]);
}

/** Turns G.711 into packets, an AudioConfig first, and again where their length changes. */
export class G711Track {
  readonly drops = new UnitDrops();
  readonly announced: AudioConfig;
  readonly #codec: G711Codec;
  #config: AudioConfig | null = null;

  constructor(codec: G711Codec) {
    this.#codec = codec;
    this.announced = {
      ...{ kind: "audio-config", codec, decoderConfig: new Uint8Array(0), channels: 1 },
      ...{ sampleRateHz: SAMPLE_RATE_HZ, samplesPerFrame: USUAL_SAMPLES },
    };
  }

  push(data: Uint8Array, presentationTimeUs: number): (AudioConfig | AudioFrame)[] {
    if (data.length === 0) return [];
    this.drops.used();
    const frame: AudioFrame = { kind: "audio-frame", codec: this.#codec, presentationTimeUs, data };
    if (this.#config?.samplesPerFrame === data.length) return [frame];
    this.#config = { ...this.announced, samplesPerFrame: data.length };
    return [this.#config, frame];
  }
}
