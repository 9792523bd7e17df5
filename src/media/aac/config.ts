import { BitReader } from "../bit-reader.ts";
import type { DecodedSound } from "../packet.ts";
import { readProgramConfig } from "./program-config.ts";

/** What an AudioSpecificConfig says (ISO/IEC 14496-3, 1.6.2.1). */
export interface AacFormat {
  /** 2 for AAC-LC; with explicit SBR or PS that of the core. */
  readonly audioObjectType: number;
  /** The extension that is signalled, in front or behind: 5 SBR (HE-AAC), 29 PS (HE-AACv2); null for none. */
  readonly extensionObjectType: 5 | 29 | null;
  /** Rate of the coded frames. */
  readonly sampleRateHz: number;
  readonly channels: number;
  /** What they decode to: with SBR mostly twice the rate, with PS two channels of one. */
  readonly output: DecodedSound;
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

/** Parses an AudioSpecificConfig of AAC Main, LC, SSR or LTP, with SBR and PS in front (explicit) or behind (backward compatible). */
export function parseAudioSpecificConfig(bytes: Uint8Array): AacFormat {
  const reader = new BitReader(bytes, "AudioSpecificConfig");
  let audioObjectType = readObjectType(reader);
  const sampleRateHz = readSampleRateHz(reader);
  const channelConfiguration = reader.bits(4);
  let extension: Extension | null = null;
  if (audioObjectType === SBR || audioObjectType === PS) {
    extension = { objectType: audioObjectType, sampleRateHz: readSampleRateHz(reader) }; // extensionSamplingFrequency
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
  if (channelConfiguration !== 0) extension ??= readSyncExtension(reader, 8 * bytes.length);
  const output = {
    sampleRateHz: extension?.sampleRateHz ?? sampleRateHz,
    channels: extension?.objectType === PS && channels === 1 ? 2 : channels,
  };
  const extensionObjectType = extension?.objectType ?? null;
  return {
    ...{ audioObjectType, extensionObjectType, sampleRateHz, channels },
    ...{ output, channelConfiguration, samplesPerFrame },
  };
}

interface Extension {
  readonly objectType: 5 | 29;
  readonly sampleRateHz: number;
}

const SBR_SYNC = 0x2b7;
const PS_SYNC = 0x548;
/** syncExtensionType, extensionAudioObjectType, sbrPresentFlag, extensionSamplingFrequencyIndex; and those of PS. */
const SBR_BITS = 11 + 5 + 1 + 4;
const PS_BITS = 11 + 1;

/** What stands behind the config of a decoder that knows no SBR, which leaves it unread (1.6.2.1); null for none. */
function readSyncExtension(reader: BitReader, totalBits: number): Extension | null {
  if (totalBits - reader.position < SBR_BITS || reader.bits(11) !== SBR_SYNC) return null;
  if (readObjectType(reader) !== SBR || !reader.flag()) return null;
  const sampleRateHz = readSampleRateHz(reader);
  const hasPs = totalBits - reader.position >= PS_BITS && reader.bits(11) === PS_SYNC && reader.flag();
  return { objectType: hasPs ? PS : SBR, sampleRateHz };
}

/**
 * The AudioSpecificConfig of AAC-LC whose SBR was found in its frames alone, with that said behind it: players that go by it
 * know the rate, and others still read the front. The same where it says so already, or has no such rate.
 */
export function withImplicitSbr(bytes: Uint8Array, output: DecodedSound): Uint8Array {
  const format = parseAudioSpecificConfig(bytes);
  const index = SAMPLE_RATES_HZ.findIndex((rateHz) => rateHz === output.sampleRateHz);
  const isPlain = bytes.length === 2 && format.extensionObjectType === null && format.audioObjectType === 2;
  if (!isPlain || index < 0 || output.sampleRateHz !== 2 * format.sampleRateHz) return bytes;
  const hasPs = format.channels === 1 && output.channels === 2;
  const sbr = (SBR_SYNC << 10) | (SBR << 5) | (1 << 4) | index; // 21 bits
  const rest = hasPs ? [((sbr & 0x1f) << 3) | (PS_SYNC >> 8), PS_SYNC & 0xff, 0x80] : [(sbr & 0x1f) << 3];
  return Uint8Array.of(...bytes, sbr >> 13, (sbr >> 5) & 0xff, ...rest);
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
