import type { AudioSettings } from "../media/flv/audio-body.ts";
import { soundDecoderConfig } from "./decoder-config.ts";
import type { CodedSound } from "./sample.ts";
import type { SoundBlock } from "./sound-buffer.ts";

/** WebCodecs' decoder of sound. */
export class SoundDecoder {
  readonly #onBlock: (block: SoundBlock) => void;
  readonly #onError: (error: Error) => void;
  readonly #config: AudioDecoderConfig;
  #decoder: AudioDecoder | null = null;

  constructor(
    settings: AudioSettings,
    onBlock: (block: SoundBlock) => void,
    onError: (error: Error) => void,
  ) {
    this.#config = soundDecoderConfig(settings);
    this.#onBlock = onBlock;
    this.#onError = onError;
  }

  decode({ presentationTimeMs, data }: CodedSound): void {
    this.#open().decode(new EncodedAudioChunk({ type: "key", timestamp: presentationTimeMs * 1000, data }));
  }

  close(): void {
    if (this.#decoder !== null && this.#decoder.state !== "closed") this.#decoder.close();
    this.#decoder = null;
  }

  #open(): AudioDecoder {
    if (this.#decoder !== null && this.#decoder.state !== "closed") return this.#decoder;
    this.#decoder = new AudioDecoder({
      output: (data) => this.#onBlock(toBlock(data)),
      error: (error) => this.#onError(error),
    });
    this.#decoder.configure(this.#config);
    return this.#decoder;
  }
}

function toBlock(data: AudioData): SoundBlock {
  const planes = Array.from({ length: data.numberOfChannels }, (_, planeIndex) => {
    const plane = new Float32Array(data.numberOfFrames);
    data.copyTo(plane, { planeIndex, format: "f32-planar" });
    return plane;
  });
  const block = { timestampMs: data.timestamp / 1000, sampleRateHz: data.sampleRate, planes };
  data.close();
  return block;
}
