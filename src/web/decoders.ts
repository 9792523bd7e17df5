import { aacCodecString, parseAudioSpecificConfig } from "../media/aac/config.ts";
import { av1CodecString } from "../media/av1/codec-string.ts";
import type { AudioSettings } from "../media/flv/audio-body.ts";
import type { VideoSettings } from "../media/flv/video-body.ts";
import { decodeG711 } from "../media/g711/decode.ts";
import type { G711Codec } from "../media/g711/track.ts";
import { avcCodecString } from "../media/h264/sps.ts";
import { hevcCodecString } from "../media/hevc/codec-string.ts";
import { parseOpusHead } from "../media/opus/head.ts";
import { SAMPLE_RATE_HZ } from "../media/opus/packet.ts";
import type { AudioCodec, VideoCodec } from "../media/packet.ts";
import type { PcmBlock } from "./jitter-buffer.ts";
import type { AudioSample, VideoSample } from "./sample.ts";
import type { FrameDecoder } from "./video-feed.ts";

/** WebCodecs' settings by codec, from what the sequence header holds: what `media/codecs.ts` is to the server. */
const videoConfigs: Readonly<Record<VideoCodec, (record: Uint8Array<ArrayBuffer>) => VideoDecoderConfig>> = {
  h264: (avcc) => ({ codec: avcCodecString(avcc), description: avcc }),
  hevc: (hvcc) => ({ codec: hevcCodecString(hvcc), description: hvcc }),
  av1: (av1c) => ({ codec: av1CodecString(av1c) }), // each key frame has its sequence header
};

type Format = Required<Pick<AudioSettings, "sampleRateHz" | "channels">>;

const audioConfigs: Readonly<
  Record<AudioCodec, (record: Uint8Array<ArrayBuffer>, format: Format) => AudioDecoderConfig>
> = {
  aac: (audioSpecificConfig) => {
    const format = parseAudioSpecificConfig(audioSpecificConfig);
    return {
      codec: aacCodecString(format),
      sampleRate: format.output.sampleRateHz,
      numberOfChannels: format.output.channels,
      description: audioSpecificConfig,
    };
  },
  opus: (opusHead) => ({
    codec: "opus",
    sampleRate: SAMPLE_RATE_HZ,
    numberOfChannels: parseOpusHead(opusHead).channels,
    description: opusHead,
  }),
  mp3: (_, format) => plainConfig("mp3", format),
  pcm_alaw: (_, format) => plainConfig("alaw", format),
  pcm_mulaw: (_, format) => plainConfig("ulaw", format),
};

function plainConfig(codec: string, { sampleRateHz, channels }: Format): AudioDecoderConfig {
  return { codec, sampleRate: sampleRateHz, numberOfChannels: channels };
}

/** The decoder's settings for a video track as FLV carries it. */
export function videoDecoderConfig({ codec, decoderConfig }: VideoSettings): VideoDecoderConfig {
  return { ...videoConfigs[codec](copyOf(decoderConfig)), optimizeForLatency: true };
}

/** The decoder's settings for an audio track as FLV carries it. */
export function audioDecoderConfig(settings: AudioSettings): AudioDecoderConfig {
  const { codec, decoderConfig, sampleRateHz = 0, channels = 0 } = settings;
  return audioConfigs[codec](copyOf(decoderConfig), { sampleRateHz, channels });
}

/** Codecs want memory of their own: what is received is a view into a larger piece. */
function copyOf(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(bytes);
}

/** WebCodecs' decoder of pictures; it is made again after an error, which closes it. */
export class BrowserVideoDecoder implements FrameDecoder {
  readonly #onFrame: (frame: VideoFrame) => void;
  readonly #onError: (error: Error) => void;
  #config: VideoDecoderConfig | null = null;
  #decoder: VideoDecoder | null = null;

  constructor(onFrame: (frame: VideoFrame) => void, onError: (error: Error) => void) {
    this.#onFrame = onFrame;
    this.#onError = onError;
  }

  configure(settings: VideoSettings): void {
    this.#config = videoDecoderConfig(settings);
    this.#open().configure(this.#config);
  }

  decode({ isKey, presentationTimeMs, data }: VideoSample): void {
    const decoder = this.#open();
    if (decoder.state === "unconfigured" && this.#config !== null) decoder.configure(this.#config);
    decoder.decode(
      new EncodedVideoChunk({ type: isKey ? "key" : "delta", timestamp: presentationTimeMs * 1000, data }),
    );
  }

  reset(): void {
    if (this.#decoder?.state === "configured") this.#decoder.reset();
  }

  close(): void {
    if (this.#decoder !== null && this.#decoder.state !== "closed") this.#decoder.close();
    this.#decoder = null;
  }

  #open(): VideoDecoder {
    if (this.#decoder !== null && this.#decoder.state !== "closed") return this.#decoder;
    this.#decoder = new VideoDecoder({
      output: (frame) => this.#onFrame(frame),
      error: (error) => this.#onError(error),
    });
    return this.#decoder;
  }
}

export interface SoundDecoder {
  decode(sample: AudioSample): void;
  close(): void;
}

/** @param onBlock gets what is decoded, in order */
export function openAudioDecoder(
  settings: AudioSettings,
  onBlock: (block: PcmBlock) => void,
  onError: (error: Error) => void,
): SoundDecoder {
  const { codec } = settings;
  if (!isG711(codec)) return new BrowserAudioDecoder(settings, onBlock, onError);
  const { sampleRate: sampleRateHz } = audioDecoderConfig(settings);
  return {
    decode: ({ presentationTimeMs: timestampMs, data }) =>
      onBlock({ timestampMs, sampleRateHz, planes: [decodeG711(codec, data)] }),
    close: () => undefined,
  };
}

/** Decoded without the browser: some have no decoder of it, and it takes a table. */
export function isG711(codec: AudioCodec): codec is G711Codec {
  return codec === "pcm_alaw" || codec === "pcm_mulaw";
}

/** WebCodecs' decoder of sound. */
export class BrowserAudioDecoder implements SoundDecoder {
  readonly #onBlock: (block: PcmBlock) => void;
  readonly #onError: (error: Error) => void;
  readonly #config: AudioDecoderConfig;
  #decoder: AudioDecoder | null = null;

  constructor(settings: AudioSettings, onBlock: (block: PcmBlock) => void, onError: (error: Error) => void) {
    this.#config = audioDecoderConfig(settings);
    this.#onBlock = onBlock;
    this.#onError = onError;
  }

  decode({ presentationTimeMs, data }: AudioSample): void {
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

function toBlock(data: AudioData): PcmBlock {
  const planes = Array.from({ length: data.numberOfChannels }, (_, planeIndex) => {
    const plane = new Float32Array(data.numberOfFrames);
    data.copyTo(plane, { planeIndex, format: "f32-planar" });
    return plane;
  });
  const block = { timestampMs: data.timestamp / 1000, sampleRateHz: data.sampleRate, planes };
  data.close();
  return block;
}
