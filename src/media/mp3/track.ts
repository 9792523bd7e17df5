import { Buffer } from "node:buffer";
import type { AudioConfig, AudioFrame } from "../packet.ts";
import { UnitDrops } from "../unit-drops.ts";
import { type Mp3Header, readMp3Header } from "./frame.ts";

/** Turns MP3 into packets, an AudioConfig first: a codec without settings of its own, whose frames say all. */
export class Mp3Track {
  readonly drops = new UnitDrops();
  #config: AudioConfig | null = null;

  /** Takes one packet; several frames in it follow each other in time. What is damaged is dropped. */
  push(data: Uint8Array, presentationTimeUs: number): (AudioConfig | AudioFrame)[] {
    const packets: (AudioConfig | AudioFrame)[] = [];
    let timeUs = presentationTimeUs;
    for (let at = 0; at < data.length; ) {
      const rest = data.subarray(at);
      const header = readMp3Header(rest);
      const bytes = header?.frameBytes ?? rest.length;
      if (header === null || bytes > rest.length) {
        const start = Buffer.from(rest.subarray(0, 4)).toString("hex");
        this.drops.damage(`MP3, byte ${at}: expected a whole frame, got ${rest.length} bytes from ${start}`);
        break;
      }
      packets.push(...this.#frame(header, rest.subarray(0, bytes), timeUs));
      timeUs += (header.samplesPerFrame * 1e6) / header.sampleRateHz;
      at += bytes;
    }
    return packets;
  }

  #frame(header: Mp3Header, data: Uint8Array, presentationTimeUs: number): (AudioConfig | AudioFrame)[] {
    this.drops.used();
    const frame: AudioFrame = { kind: "audio-frame", codec: "mp3", presentationTimeUs, data };
    const { sampleRateHz, channels, samplesPerFrame } = header;
    if (this.#config?.sampleRateHz === sampleRateHz && this.#config.channels === channels) return [frame];
    this.#config = {
      ...{ kind: "audio-config", codec: "mp3", decoderConfig: new Uint8Array(0) },
      ...{ sampleRateHz, channels, samplesPerFrame },
    };
    return [this.#config, frame];
  }
}
