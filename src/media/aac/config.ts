import { BitReader } from "../bit-reader.ts";
import { readProgramConfig } from "./program-config.ts";

/** What an AudioSpecificConfig says (ISO/IEC 14496-3, 1.6.2.1). */
export interface AacFormat {
  /** 2 for AAC-LC; with explicit SBR or PS that of the core. */
  readonly audioObjectType: number;
  /** Explicitly signalled extension: 5 SBR (HE-AAC), 29 PS (HE-AACv2), `null` for none. */
  readonly extensionObjectType: 5 | 29 | null;
  /** Rate of the coded frames; with SBR half the output rate. */
  readonly sampleRateHz: number;
  readonly channels: number;
  /** Which elements a frame is made of (table 1.19); 0: a layout of its own. */
  readonly channelConfiguration: number;
  /** 1024, or 960 with frameLengthFlag. */
  readonly samplesPerFrame: number;
}

/** samplingFrequencyIndex (table 1.18). */
export const SAMPLE_RATES_HZ = [
  96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8_000, 7_350,
] as const;

/** Channels by channelConfiguration (table 1.19); 0 where it is reserved, or told elsewhere. */
const CHANNELS = [0, 1, 2, 3, 4, 5, 6, 8, 0, 0, 0, 7, 8, 24, 8] as const;

const EXPLICIT_FREQUENCY = 15;
const ESCAPED_OBJECT_TYPE = 31;
const SBR = 5;
const PS = 29;

/** Parses an AudioSpecificConfig of AAC Main, LC, SSR or LTP, with SBR and PS where signalled explicitly. */
export function parseAudioSpecificConfig(bytes: Uint8Array): AacFormat {
  const reader = new BitReader(bytes, "AudioSpecificConfig");
  let audioObjectType = readObjectType(reader);
  const sampleRateHz = readSampleRateHz(reader);
  const channelConfiguration = reader.bits(4);
  const extensionObjectType = audioObjectType === SBR || audioObjectType === PS ? audioObjectType : null;
  if (extensionObjectType !== null) {
    readSampleRateHz(reader); // extensionSamplingFrequency: of the output
    audioObjectType = readObjectType(reader);
  }
  if (audioObjectType < 1 || audioObjectType > 4)
    reader.fail("an audio object type of AAC, 1 to 4", audioObjectType);
  const samplesPerFrame = reader.flag() ? 960 : 1024; // GASpecificConfig (4.4.1): frameLengthFlag
  if (reader.flag()) reader.bits(14); // dependsOnCoreCoder: coreCoderDelay
  reader.bit(); // extensionFlag
  const channels =
    channelConfiguration === 0 ? readProgramConfig(reader) : (CHANNELS[channelConfiguration] ?? 0);
  if (channels === 0) reader.fail("a channel configuration", channelConfiguration);
  return {
    audioObjectType,
    extensionObjectType,
    sampleRateHz,
    channels,
    channelConfiguration,
    samplesPerFrame,
  };
}

/** The codec's name for browsers and manifests, like `mp4a.40.2` (RFC 6381, 3.3). */
export function aacCodecString({ audioObjectType, extensionObjectType }: AacFormat): string {
  return `mp4a.40.${extensionObjectType ?? audioObjectType}`;
}

/** GetAudioObjectType (table 1.16). */
function readObjectType(reader: BitReader): number {
  const type = reader.bits(5);
  return type === ESCAPED_OBJECT_TYPE ? 32 + reader.bits(6) : type;
}

function readSampleRateHz(reader: BitReader): number {
  const index = reader.bits(4); // samplingFrequencyIndex
  const rateHz = index === EXPLICIT_FREQUENCY ? reader.bits(24) : (SAMPLE_RATES_HZ[index] ?? 0);
  return rateHz > 0 ? rateHz : reader.fail("a sampling frequency", `index ${index}`);
}
