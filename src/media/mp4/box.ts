import { Buffer } from "node:buffer";

/** A box (ISO/IEC 14496-12, 4.2): its size, its type, and what is in it. */
export function box(type: string, ...contents: readonly Uint8Array[]): Buffer {
  const bytes = contents.reduce((sum, { length }) => sum + length, 8);
  return Buffer.concat([uint32(bytes), Buffer.from(type, "latin1"), ...contents], bytes);
}

/** A FullBox: with a version and flags (24 bits). */
export function fullBox(
  type: string,
  version: number,
  flags: number,
  ...contents: readonly Uint8Array[]
): Buffer {
  return box(type, uint32(version * 0x100_0000 + flags), ...contents);
}

export function uint8(...values: readonly number[]): Buffer {
  return Buffer.from(values);
}

export function uint16(...values: readonly number[]): Buffer {
  const out = Buffer.alloc(values.length * 2);
  for (const [at, value] of values.entries()) out.writeUInt16BE(value, at * 2);
  return out;
}

export function uint32(...values: readonly number[]): Buffer {
  const out = Buffer.alloc(values.length * 4);
  for (const [at, value] of values.entries()) out.writeUInt32BE(value >>> 0, at * 4);
  return out;
}

export function uint64(value: number): Buffer {
  const out = Buffer.alloc(8);
  out.writeBigUInt64BE(BigInt(value));
  return out;
}
