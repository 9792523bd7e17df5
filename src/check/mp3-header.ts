/** What the header of an MPEG audio frame says (ISO/IEC 11172-3, 2.4.1.3; 13818-3 for the lower rates). */
export interface Mp3Header {
  readonly sampleRateHz: number;
  readonly channels: 1 | 2;
  readonly samplesPerFrame: number;
}

/** By version bits: 2.5, reserved, 2, 1. */
const RATES_HZ = [[11_025, 12_000, 8_000], [], [22_050, 24_000, 16_000], [44_100, 48_000, 32_000]] as const;
const LAYER_3 = 1;
const MPEG_1 = 3;
const MONO = 3;

/** Reads the four bytes; null where no frame of layer III begins. */
export function readMp3Header(data: Buffer): Mp3Header | null {
  if (data.length < 4 || data.readUInt16BE(0) >> 5 !== 0x7ff) return null;
  const [, second = 0, third = 0, fourth = 0] = data;
  const version = (second >> 3) & 3;
  const layer = (second >> 1) & 3;
  const sampleRateHz = RATES_HZ[version]?.[(third >> 2) & 3];
  if (layer !== LAYER_3 || sampleRateHz === undefined || third >> 4 === 0xf) return null;
  return {
    sampleRateHz,
    channels: fourth >> 6 === MONO ? 1 : 2,
    samplesPerFrame: version === MPEG_1 ? 1152 : 576,
  };
}
