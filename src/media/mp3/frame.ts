/** The header of a frame of MPEG audio, layer III (ISO/IEC 11172-3, 2.4.1.3; 13818-3 for the lower rates). */
export interface Mp3Header {
  readonly sampleRateHz: number;
  readonly channels: number;
  readonly samplesPerFrame: number;
  /** With the header; null where the bit rate is free, so that nothing tells. */
  readonly frameBytes: number | null;
}

/** By version bits: 2.5, reserved, 2, 1. */
const RATES_HZ = [[11_025, 12_000, 8_000], [], [22_050, 24_000, 16_000], [44_100, 48_000, 32_000]] as const;
/** bitrate_index, of version 1 and of the others. */
const KBPS = [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320] as const;
const LOW_KBPS = [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160] as const;
const LAYER_3 = 1;
const MPEG_1 = 3;
const MONO = 3;
export const headerBytes = 4;

/** Null where no frame of layer III begins. */
export function readMp3Header(data: Uint8Array): Mp3Header | null {
  const [first = 0, second = 0, third = 0, fourth = 0] = data;
  if (data.length < headerBytes || first !== 0xff || second >> 5 !== 0b111) return null; // syncword
  const version = (second >> 3) & 3;
  const layer = (second >> 1) & 3;
  const sampleRateHz = RATES_HZ[version]?.[(third >> 2) & 3];
  const kbps = (version === MPEG_1 ? KBPS : LOW_KBPS)[third >> 4];
  if (layer !== LAYER_3 || sampleRateHz === undefined || kbps === undefined) return null;
  const samplesPerFrame = version === MPEG_1 ? 1152 : 576;
  const padding = (third >> 1) & 1;
  const bytes = Math.floor((samplesPerFrame / 8) * ((kbps * 1000) / sampleRateHz)) + padding;
  const channels = fourth >> 6 === MONO ? 1 : 2;
  return { sampleRateHz, channels, samplesPerFrame, frameBytes: kbps === 0 ? null : bytes };
}

/** Of the lowest bit rate; without CRC. */
const LOWEST_BITRATE_INDEX = 1;

/**
 * A frame without main data, which decodes to silence: its side information is all zero, main_data_begin and part2_3_length
 * with it. Null for a rate that MP3 has not.
 */
export function silentMp3Frame(sampleRateHz: number, channels: number): Uint8Array | null {
  const version = RATES_HZ.findIndex((rates) => rates.some((rateHz) => rateHz === sampleRateHz));
  const rateIndex = RATES_HZ[version]?.findIndex((rateHz) => rateHz === sampleRateHz) ?? -1;
  if (rateIndex < 0 || channels > 2) return null;
  const header = Uint8Array.of(
    0xff,
    (0b111 << 5) | (version << 3) | (LAYER_3 << 1) | 1, // protection_bit: no CRC
    (LOWEST_BITRATE_INDEX << 4) | (rateIndex << 2),
    channels === 1 ? MONO << 6 : 0,
  );
  const frame = new Uint8Array(readMp3Header(header)?.frameBytes ?? 0);
  frame.set(header);
  return frame;
}
