import { silentFrame } from "../../media/aac/silence.ts";
import type { AudioConfig, AudioFrame } from "../../media/packet.ts";
import type { TimedPacket } from "../output.ts";

/** AAC-LC, 44.1 kHz, stereo (ISO/IEC 14496-3, 1.6.2.1): what every service takes. */
const config: AudioConfig = {
  kind: "audio-config",
  codec: "aac",
  decoderConfig: Uint8Array.of(0x12, 0x10),
  sampleRateHz: 44_100,
  samplesPerFrame: 1024,
  channels: 2,
};

/** A stream that stood still is not made up for with more than this. */
const MAX_GAP_MS = 2000;

/** Adds a track of silence to a stream that has video alone. Its frames stand at multiples of their length from time 0. */
export class Silence {
  /** The next frame's number; null where it follows from the video. */
  #next: number | null = null;

  /** The packets, and the silence up to the last of them. */
  fill(packets: readonly TimedPacket[]): readonly TimedPacket[] {
    return packets.flatMap((timed) =>
      timed.packet.kind === "video-config"
        ? [timed, { ...timed, packet: config }]
        : [timed, ...this.#until(timed.timestampMs)],
    );
  }

  /** The next packet's time begins at 0 again. */
  restart(): void {
    this.#next = null;
  }

  #until(timestampMs: number): readonly TimedPacket[] {
    const frames: TimedPacket[] = [];
    if (this.#next === null || msOf(this.#next) < timestampMs - MAX_GAP_MS)
      this.#next = frameFrom(timestampMs);
    for (; msOf(this.#next) <= timestampMs; this.#next++)
      frames.push({ packet: silence(), timestampMs: msOf(this.#next), capturedMs: null });
    return frames;
  }
}

/** The first frame that begins at this time or after it. */
const frameFrom = (timestampMs: number) =>
  Math.ceil((timestampMs * config.sampleRateHz) / (config.samplesPerFrame * 1000));

const msOf = (frame: number) => Math.round((frame * config.samplesPerFrame * 1000) / config.sampleRateHz);

const data = silentFrame(config.decoderConfig) ?? new Uint8Array();

function silence(): AudioFrame {
  return { kind: "audio-frame", codec: config.codec, presentationTimeUs: 0, data };
}
