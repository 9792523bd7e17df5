import { Buffer } from "node:buffer";
import { CorruptInputError } from "../corrupt-input.ts";

/** obu_type (AV1 bitstream specification, 6.2.2), those that mean something to us. */
export const ObuType = {
  sequenceHeader: 1,
  temporalDelimiter: 2,
  frameHeader: 3,
  frame: 6,
  padding: 15,
} as const;

/** An open bitstream unit. */
export interface Obu {
  readonly type: number;
  /** With its header and its size field: a view, unless the size had to be added. */
  readonly unit: Uint8Array;
  readonly payload: Uint8Array;
}

const HAS_SIZE = 0b10;
const HAS_EXTENSION = 0b100;
/** leb128() has at most eight bytes, and no more than 32 bits (4.10.5). */
const MAX_LEB128_BYTES = 8;

/**
 * Splits a temporal unit in the low-overhead format (5.2) into its units. The last one of an MP4 sample may be without its
 * size (AV1 in ISOBMFF, 2.4), which it gets here.
 */
export function splitObus(bytes: Uint8Array): Obu[] {
  const obus: Obu[] = [];
  for (let at = 0; at < bytes.length; ) {
    const obu = readObu(bytes.subarray(at), at);
    obus.push(obu.read);
    at += obu.bytes;
  }
  return obus;
}

/** An OBU_TEMPORAL_DELIMITER, with which a byte stream of temporal units has to begin. */
const DELIMITER = Uint8Array.of((ObuType.temporalDelimiter << 3) | HAS_SIZE, 0);

/** A temporal unit as a byte stream (5.2). */
export function joinObus(units: readonly Uint8Array[]): Buffer {
  return Buffer.concat([DELIMITER, ...units]);
}

/** obu_header (5.3.2) and obu_size. */
function readObu(rest: Uint8Array, offset: number): { readonly read: Obu; readonly bytes: number } {
  const [header = 0] = rest;
  if ((header & 0x80) !== 0)
    throw new CorruptInputError(`AV1, byte ${offset}: an OBU with obu_forbidden_bit set`);
  const type = (header >> 3) & 0xf;
  const headerBytes = (header & HAS_EXTENSION) === 0 ? 1 : 2;
  if (headerBytes > rest.length) throw tooShort(offset, headerBytes, rest.length);
  if ((header & HAS_SIZE) === 0) {
    const payload = rest.subarray(headerBytes);
    return { read: { type, unit: withSize(rest, headerBytes), payload }, bytes: rest.length };
  }
  const size = readLeb128(rest, headerBytes, offset);
  const start = headerBytes + size.bytes;
  const end = start + size.value;
  if (end > rest.length) throw tooShort(offset, end, rest.length);
  return { read: { type, unit: rest.subarray(0, end), payload: rest.subarray(start, end) }, bytes: end };
}

function withSize(rest: Uint8Array, headerBytes: number): Uint8Array {
  const size = leb128(rest.length - headerBytes);
  const unit = new Uint8Array(rest.length + size.length);
  unit.set(rest.subarray(0, headerBytes));
  unit[0] = (unit[0] ?? 0) | HAS_SIZE;
  unit.set(size, headerBytes);
  unit.set(rest.subarray(headerBytes), headerBytes + size.length);
  return unit;
}

function readLeb128(bytes: Uint8Array, at: number, offset: number): { value: number; bytes: number } {
  let value = 0;
  for (let index = 0; index < MAX_LEB128_BYTES; index++) {
    const byte = bytes[at + index];
    if (byte === undefined) throw tooShort(offset, at + index + 1, bytes.length);
    value += (byte & 0x7f) * 2 ** (7 * index);
    if ((byte & 0x80) === 0) return { value, bytes: index + 1 };
  }
  throw new CorruptInputError(`AV1, byte ${offset}: expected a size of at most ${MAX_LEB128_BYTES} bytes`);
}

function leb128(value: number): number[] {
  const bytes: number[] = [];
  for (let rest = value; ; rest >>>= 7) {
    if (rest < 0x80) return [...bytes, rest];
    bytes.push((rest & 0x7f) | 0x80);
  }
}

function tooShort(offset: number, expected: number, got: number): CorruptInputError {
  return new CorruptInputError(`AV1, byte ${offset}: expected an OBU of ${expected} bytes, got ${got}`);
}
