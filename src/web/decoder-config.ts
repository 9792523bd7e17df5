import { aacCodecString, parseAudioSpecificConfig } from "../media/aac/config.ts";
import { CorruptInputError } from "../media/corrupt-input.ts";

/** The decoder's settings for H.264 as FLV carries it, from its AVCDecoderConfigurationRecord. */
export function pictureDecoderConfig(avcc: Uint8Array): VideoDecoderConfig {
  return { codec: avcCodecString(avcc), description: copyOf(avcc), optimizeForLatency: true };
}

/** `avc1.64001f`: profile, constraints and level (RFC 6381, 3.3), bytes 1 to 3 of the record. */
export function avcCodecString(avcc: Uint8Array): string {
  if (avcc.length < 4) throw new CorruptInputError(`avcC: expected 4 bytes or more, got ${avcc.length}`);
  return `avc1.${Array.from(avcc.subarray(1, 4), (byte) => byte.toString(16).padStart(2, "0")).join("")}`;
}

/** The decoder's settings for AAC, from its AudioSpecificConfig. */
export function soundDecoderConfig(audioSpecificConfig: Uint8Array): AudioDecoderConfig {
  const format = parseAudioSpecificConfig(audioSpecificConfig);
  return {
    codec: aacCodecString(format),
    sampleRate: format.sampleRateHz,
    numberOfChannels: format.channels,
    description: copyOf(audioSpecificConfig),
  };
}

/** Codecs want memory of their own: what is received is a view into a larger piece. */
function copyOf(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(bytes);
}
