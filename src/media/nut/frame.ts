import { Buffer } from "node:buffer";
import { type FrameCode, FrameFlag, type MainHeader, type StreamHeader } from "./header.ts";
import { NutReader, nutChecksum } from "./reader.ts";

/** A stream while it is read: its header and the pts that short frame headers are counted from. */
export interface NutStream {
  readonly header: StreamHeader;
  readonly lastPts: number;
}

/** A frame header, ready to be followed by `codedBytes` of payload. */
export interface FrameHeader {
  readonly stream: NutStream;
  readonly pts: number;
  readonly isKey: boolean;
  readonly hasSideData: boolean;
  /** Bytes that belong in front of the payload and are not written. */
  readonly elided: Uint8Array;
  readonly codedBytes: number;
  readonly hasChecksum: boolean;
}

const MAX_ELIDED_FRAME_BYTES = 4096;

/**
 * Reads a frame header (NUT specification, "Frame"); `null` when the bytes end inside it. `bytes` are those the reader
 * reads: the checksum covers them from the frame code on.
 */
export function readFrameHeader(
  reader: NutReader,
  bytes: Uint8Array,
  main: MainHeader,
  streams: ReadonlyMap<number, NutStream>,
): FrameHeader | null {
  const start = reader.position;
  const frameCode = reader.u8();
  const code = main.frameCodes[frameCode];
  if (code === undefined || (code.flags & FrameFlag.invalid) !== 0)
    return reader.fail("a frame code", frameCode);

  const flags = (code.flags & FrameFlag.codedFlags) === 0 ? code.flags : code.flags ^ reader.v();
  const has = (flag: number): boolean => (flags & flag) !== 0;
  const streamId = has(FrameFlag.streamId) ? reader.v() : code.streamId;
  const codedPts = has(FrameFlag.codedPts) ? reader.v() : null;
  const sizeMsb = has(FrameFlag.sizeMsb) ? reader.v() : 0;
  if (has(FrameFlag.matchTime)) reader.skip();
  let headerIdx = has(FrameFlag.headerIdx) ? reader.v() : code.headerIdx;
  const reservedCount = has(FrameFlag.reserved) ? reader.v() : code.reservedCount;
  for (let index = 0; index < reservedCount && !reader.isShort; index++) reader.skip();
  const checkedEnd = reader.position;
  const checksum = has(FrameFlag.checksum) ? reader.u32() : null;
  if (reader.isShort) return null;

  const computed = checksum === null ? null : nutChecksum(bytes.subarray(start, checkedEnd));
  if (checksum !== computed) reader.fail(`frame header checksum ${hex32(computed)}`, hex32(checksum));
  const stream = streams.get(streamId);
  if (stream === undefined) return reader.fail("a frame of a stream with a header", `stream ${streamId}`);
  if (headerIdx >= main.elisionHeaders.length) reader.fail("a known elision header", headerIdx);
  const sizeBytes = code.sizeLsb + code.sizeMul * sizeMsb;
  if (sizeBytes > MAX_ELIDED_FRAME_BYTES) headerIdx = 0;
  const elided = main.elisionHeaders[headerIdx] ?? new Uint8Array(0);
  if (elided.length > sizeBytes) reader.fail(`a frame of ${elided.length} bytes or more`, sizeBytes);
  return {
    stream,
    pts: framePts(reader, stream, code, codedPts),
    isKey: has(FrameFlag.key),
    hasSideData: has(FrameFlag.sideAndMetaData),
    elided,
    codedBytes: sizeBytes - elided.length,
    hasChecksum: checksum !== null,
  };
}

/** coded_pts holds either the lowest msb_pts_shift bits, or the whole pts moved up by their range. */
function framePts(reader: NutReader, stream: NutStream, code: FrameCode, codedPts: number | null): number {
  const range = 2 ** stream.header.msbPtsShift;
  const pts =
    codedPts === null
      ? stream.lastPts + code.ptsDelta
      : codedPts < range
        ? nearest(codedPts, stream.lastPts, range)
        : codedPts - range;
  if (pts < 0 || pts > Number.MAX_SAFE_INTEGER) reader.fail("a pts of 0 to 2^53", pts);
  return pts;
}

/** The number around `lastPts` that has these lowest bits. */
function nearest(lowBits: number, lastPts: number, range: number): number {
  const lowest = lastPts - Math.floor((range - 1) / 2);
  return lowest + ((((lowBits - lowest) % range) + range) % range);
}

/** Moves past side data and meta data at the front of a frame (NUT specification, "side/meta data", as in info packets). */
function skipSideData(reader: NutReader): void {
  for (let list = 0; list < 2; list++) {
    for (let count = reader.v(); count > 0 && !reader.isShort; count--) skipSideDatum(reader);
  }
  if (reader.isShort) reader.fail("the rest of the side data", "the frame's end");
}

function skipSideDatum(reader: NutReader): void {
  reader.vb(); // name
  const type = reader.s();
  if (type === -1) {
    reader.vb(); // UTF-8
  } else if (type === -2) {
    reader.vb(); // type
    reader.vb(); // bytes
  } else if (type === -3 || type < -4) {
    reader.s(); // a number, or the numerator over -type - 4
  } else if (type === -4) {
    reader.v(); // a time
  } // otherwise the type is the value
}

function hex32(value: number | null): string {
  return (value ?? 0).toString(16).padStart(8, "0");
}

/** What a NUT stream tells: a stream, new or changed, or one frame of it. */
export type NutEvent = NutStreamEvent | NutFrameEvent;

/** A stream header that is new or has changed; comes before the stream's frames. */
export interface NutStreamEvent
  extends Pick<StreamHeader, "streamId" | "mediaClass" | "fourcc" | "extradata" | "decodeDelay" | "sound"> {
  readonly kind: "stream";
}

export interface NutFrameEvent {
  readonly kind: "frame";
  readonly streamId: number;
  /** pts in microseconds; not rounded. */
  readonly presentationTimeUs: number;
  readonly isKey: boolean;
  /** A view into the chunk where the frame lies whole in one, else a buffer of its own. */
  readonly data: Uint8Array;
}

/** The event of a frame whose payload has come; null when nothing is coded in it. */
export function frameEvent(
  { stream, pts, isKey, elided, hasSideData }: FrameHeader,
  coded: Uint8Array,
  offset: number,
): NutFrameEvent | null {
  const { streamId, timeBase } = stream.header;
  const payload = hasSideData ? withoutSideData(coded, offset) : coded;
  const data = elided.length === 0 ? payload : Buffer.concat([elided, payload]);
  if (data.length === 0) return null; // end of relevance
  const presentationTimeUs = (pts * 1e6 * timeBase.num) / timeBase.den;
  return { kind: "frame", streamId, presentationTimeUs, isKey, data };
}

function withoutSideData(coded: Uint8Array, offset: number): Uint8Array {
  const reader = new NutReader(coded, offset);
  skipSideData(reader);
  return coded.subarray(reader.position);
}
