import type { G711Codec } from "./track.ts";

/** The samples of G.711 in -1 to 1 (ITU-T G.711, tables 1 and 2; their 13 and 14 bits as 16). */
export function decodeG711(codec: G711Codec, data: Uint8Array): Float32Array<ArrayBuffer> {
  const table = TABLES[codec];
  return Float32Array.from(data, (byte) => table[byte] ?? 0);
}

/** Added to each magnitude before its segment is looked for (table 2b). */
const BIAS = 0x84;

/** Every byte's sample. */
const TABLES: Readonly<Record<G711Codec, Float32Array>> = {
  pcm_alaw: tableOf(aLawSample),
  pcm_mulaw: tableOf(muLawSample),
};

function tableOf(sample: (byte: number) => number): Float32Array {
  return Float32Array.from({ length: 256 }, (_, byte) => sample(byte) / 32_768);
}

function aLawSample(byte: number): number {
  const bits = byte ^ 0x55; // even bits are sent inverted
  const segment = (bits >> 4) & 7;
  const step = ((bits & 15) << 4) + 8;
  const magnitude = segment === 0 ? step : (step + 0x100) << (segment - 1);
  return (bits & 0x80) === 0 ? -magnitude : magnitude;
}

function muLawSample(byte: number): number {
  const bits = ~byte & 0xff; // all bits are sent inverted
  const magnitude = ((((bits & 15) << 3) + BIAS) << ((bits >> 4) & 7)) - BIAS;
  return (bits & 0x80) === 0 ? magnitude : -magnitude;
}
