import { CorruptInputError } from "../corrupt-input.ts";

/** Opus decodes to this rate, whatever was encoded. */
export const SAMPLE_RATE_HZ = 48_000;
/** 120 ms (RFC 6716, 3.4, R5). */
const MAX_SAMPLES = 5760;

/** Samples of a frame by the config of a TOC byte (RFC 6716, table 2): SILK, hybrid, CELT. */
function samplesPerFrame(config: number): number {
  if (config < 12) return [480, 960, 1920, 2880][config & 3] ?? 0;
  if (config < 16) return [480, 960][config & 1] ?? 0;
  return [120, 240, 480, 960][config & 3] ?? 0;
}

/** How many samples at 48 kHz a packet decodes to (RFC 6716, 3.1 and 3.2). */
export function packetSamples(packet: Uint8Array): number {
  const [toc, count = 0] = packet;
  if (toc === undefined) throw new CorruptInputError("Opus: a packet of no bytes");
  const code = toc & 3;
  const frames = code === 0 ? 1 : code < 3 ? 2 : count & 0x3f;
  const samples = frames * samplesPerFrame(toc >> 3);
  if (samples === 0 || samples > MAX_SAMPLES)
    throw new CorruptInputError(`Opus: expected a packet of at most 120 ms, got ${samples / 48} ms`);
  return samples;
}

/** The longest frame, of CELT with full bandwidth, and what decodes to silence. */
const LONGEST_FRAME = 960;
const SILENCE = [0xff, 0xfe] as const;

/** A packet of silence; null where none can be made of so many samples or channels. */
export function silentPacket(samples: number, channels: number): Uint8Array | null {
  if (channels > 2) return null;
  const stereo = channels === 2 ? 0b100 : 0;
  const config = [120, 240, 480, 960].indexOf(Math.min(samples, LONGEST_FRAME));
  const frames = samples / Math.min(samples, LONGEST_FRAME);
  if (config < 0 || !Number.isInteger(frames)) return null;
  const toc = ((28 + config) << 3) | stereo;
  if (frames === 1) return Uint8Array.of(toc, ...SILENCE);
  return Uint8Array.of(toc | 3, frames, ...Array.from({ length: frames }, () => SILENCE).flat());
}
