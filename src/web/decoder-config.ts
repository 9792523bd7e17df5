import { aacCodecString, parseAudioSpecificConfig } from "../media/aac/config.ts";
import type { AudioSettings } from "../media/flv/audio-body.ts";
import type { VideoSettings } from "../media/flv/video-body.ts";
import { avcCodecString } from "../media/h264/sps.ts";
import type { AudioCodec, VideoCodec } from "../media/packet.ts";

/** WebCodecs' settings by codec, from what the sequence header holds: what `media/codecs.ts` is to the server. */
const pictureDecoders: Readonly<Record<VideoCodec, (bytes: Uint8Array<ArrayBuffer>) => VideoDecoderConfig>> =
  {
    h264: (avcc) => ({ codec: avcCodecString(avcc), description: avcc, optimizeForLatency: true }),
  };

const soundDecoders: Readonly<Record<AudioCodec, (bytes: Uint8Array<ArrayBuffer>) => AudioDecoderConfig>> = {
  aac: (audioSpecificConfig) => {
    const format = parseAudioSpecificConfig(audioSpecificConfig);
    return {
      codec: aacCodecString(format),
      sampleRate: format.sampleRateHz,
      numberOfChannels: format.channels,
      description: audioSpecificConfig,
    };
  },
};

/** The decoder's settings for a video track as FLV carries it. */
export function pictureDecoderConfig({ codec, decoderConfig }: VideoSettings): VideoDecoderConfig {
  return pictureDecoders[codec](copyOf(decoderConfig));
}

/** The decoder's settings for an audio track as FLV carries it. */
export function soundDecoderConfig({ codec, decoderConfig }: AudioSettings): AudioDecoderConfig {
  return soundDecoders[codec](copyOf(decoderConfig));
}

/** Codecs want memory of their own: what is received is a view into a larger piece. */
function copyOf(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(bytes);
}
