import type { AudioConfig, AudioFrame } from "../packet.ts";
import { UnitDrops } from "../unit-drops.ts";
import { parseOpusHead, RTP_HEAD } from "./head.ts";
import { packetSamples, SAMPLE_RATE_HZ } from "./packet.ts";

/** What nearly every encoder makes: 20 ms. */
const USUAL_SAMPLES = 960;

/** Turns Opus packets into ours, an AudioConfig first, and again where their length changes. */
export class OpusTrack {
  readonly drops = new UnitDrops();
  /** Before any packet has come, their length is taken to be the usual one. */
  readonly announced: AudioConfig;
  #config: AudioConfig | null = null;

  /** @param extradata an OpusHead; nothing where the packets come from RTP. @throws CorruptInputError for anything else */
  constructor(extradata: Uint8Array = new Uint8Array(0)) {
    const decoderConfig = extradata.length === 0 ? RTP_HEAD : new Uint8Array(extradata);
    const { channels } = parseOpusHead(decoderConfig);
    this.announced = {
      ...{ kind: "audio-config", codec: "opus", decoderConfig, channels },
      ...{ sampleRateHz: SAMPLE_RATE_HZ, samplesPerFrame: USUAL_SAMPLES },
    };
  }

  push(data: Uint8Array, presentationTimeUs: number): (AudioConfig | AudioFrame)[] {
    const samplesPerFrame = this.drops.guard(() => packetSamples(data));
    if (samplesPerFrame === null) return [];
    this.drops.used();
    const frame: AudioFrame = { kind: "audio-frame", codec: "opus", presentationTimeUs, data };
    if (this.#config?.samplesPerFrame === samplesPerFrame) return [frame];
    this.#config = { ...this.announced, samplesPerFrame };
    return [this.#config, frame];
  }
}
