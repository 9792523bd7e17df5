/**
 * Whole numbers of FLV and AMF, without node's Buffer, so that a browser reads with the same code. The caller has checked
 * that the bytes are there.
 */
export function readUint24(bytes: Uint8Array, at: number): number {
  return ((bytes[at] ?? 0) << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0);
}

export function readInt24(bytes: Uint8Array, at: number): number {
  return (readUint24(bytes, at) << 8) >> 8;
}

export function readUint32(bytes: Uint8Array, at: number): number {
  return (bytes[at] ?? 0) * 0x100_0000 + readUint24(bytes, at + 1);
}

/** Parts in one piece of memory. */
export function joinBytes(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((total, part) => total + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
