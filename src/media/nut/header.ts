import { Buffer } from "node:buffer";
import type { DecodedSound } from "../packet.ts";
import type { NutReader } from "./reader.ts";

/** Frame flags (NUT specification, "frame_flags"). */
export const FrameFlag = {
  key: 1,
  codedPts: 8,
  streamId: 16,
  sizeMsb: 32,
  checksum: 64,
  reserved: 128,
  sideAndMetaData: 256,
  headerIdx: 1024,
  matchTime: 2048,
  codedFlags: 4096,
  invalid: 8192,
} as const;

/** What one frame code stands for: the part of a frame header that need not be written. */
export interface FrameCode {
  readonly flags: number;
  readonly streamId: number;
  readonly ptsDelta: number;
  readonly sizeMul: number;
  readonly sizeLsb: number;
  readonly reservedCount: number;
  readonly headerIdx: number;
}

/** Seconds of one tick: `num / den`. */
export interface TimeBase {
  readonly num: number;
  readonly den: number;
}

export interface MainHeader {
  readonly streamCount: number;
  /** No syncpoint is further than this from the next frame, in bytes. */
  readonly maxDistance: number;
  readonly timeBases: readonly TimeBase[];
  /** 256 entries, by the first byte of a frame. */
  readonly frameCodes: readonly FrameCode[];
  /** Bytes left off at the front of frames, by header_idx; the first is empty. */
  readonly elisionHeaders: readonly Uint8Array[];
  /** Syncpoints carry transmit_ts (version 4, BROADCAST_MODE). */
  readonly isBroadcast: boolean;
  /** There may be no syncpoints (version 4, PIPE_MODE). */
  readonly isPipe: boolean;
}

/** A stream header, as far as it is of use without seeking. */
export interface StreamHeader {
  readonly streamId: number;
  readonly mediaClass: "video" | "audio" | "other";
  /** As written, one character a byte: "H264", but "\xff\0\0\0" for AAC (its WAVE format tag). */
  readonly fourcc: string;
  /** codec_specific_data; empty when there is none. */
  readonly extradata: Uint8Array;
  readonly timeBase: TimeBase;
  readonly msbPtsShift: number;
  readonly maxPtsDistance: number;
  /** decode_delay: by how many frames they are coded before they are shown, as far as the writer knows. */
  readonly decodeDelay: number;
  /** samplerate and channel_count, of audio alone: what the writer takes it to decode to. */
  readonly sound?: DecodedSound;
}

/** `global_key_pts`: the time, exact, that every stream's last_pts is set to. */
export interface Syncpoint {
  readonly ticks: number;
  readonly timeBase: TimeBase;
}

const BROADCAST_MODE = 1;
const PIPE_MODE = 2;
const MAX_STREAMS = 256;
const MAX_TIME_BASES = 256;
const MAX_DISTANCE = 65_536;
const INVALID_CODE = "N".charCodeAt(0); // a frame never begins like a startcode

/** main_header (NUT specification, "Main header"). */
export function readMainHeader(reader: NutReader): MainHeader {
  const version = ranged(reader, "version", 3, 4);
  if (version > 3) reader.v(); // minor_version
  const streamCount = ranged(reader, "stream_count", 1, MAX_STREAMS);
  const maxDistance = Math.min(reader.v(), MAX_DISTANCE);
  const timeBaseCount = ranged(reader, "time_base_count", 1, MAX_TIME_BASES);
  const timeBases = Array.from({ length: timeBaseCount }, () => ({
    num: ranged(reader, "time_base_num", 1, 0x7fffffff),
    den: ranged(reader, "time_base_denom", 1, 0x7fffffff),
  }));
  const frameCodes = readFrameCodes(reader, streamCount);
  const elisionHeaders = [new Uint8Array(0)];
  for (let count = ranged(reader, "header_count_minus1", 0, 127); count > 0; count--) {
    elisionHeaders.push(new Uint8Array(reader.vb()));
  }
  const flags = version > 3 ? reader.v() : 0;
  whole(reader, "main header");
  return {
    streamCount,
    maxDistance,
    timeBases,
    frameCodes,
    elisionHeaders,
    isBroadcast: (flags & BROADCAST_MODE) !== 0,
    isPipe: (flags & PIPE_MODE) !== 0,
  };
}

function readFrameCodes(reader: NutReader, streamCount: number): FrameCode[] {
  const codes: FrameCode[] = [];
  // Fields that are left out keep the value of the run before, except size, reserved and count.
  let ptsDelta = 0;
  let sizeMul = 1;
  let streamId = 0;
  let headerIdx = 0;
  while (codes.length < 256) {
    const flags = reader.v();
    const fields = reader.v();
    if (fields > 0) ptsDelta = reader.s();
    if (fields > 1) sizeMul = reader.v();
    if (fields > 2) streamId = ranged(reader, "stream_id of a frame code", 0, streamCount - 1);
    const size = fields > 3 ? reader.v() : 0;
    const reservedCount = fields > 4 ? reader.v() : 0;
    const count = fields > 5 ? reader.v() : sizeMul - size;
    if (fields > 6) reader.skip(); // match_time_delta: of use for seeking only
    if (fields > 7) headerIdx = reader.v();
    for (let field = 8; field < fields && !reader.isShort; field++) reader.skip();
    whole(reader, "frame code table");

    const free = 256 - codes.length - (codes.length <= INVALID_CODE ? 1 : 0);
    if (count < 1 || count > free) reader.fail(`a run of 1 to ${free} frame codes`, count);
    for (let index = 0; index < count; index++) {
      if (codes.length === INVALID_CODE) codes.push({ ...noFrame });
      codes.push({ flags, streamId, ptsDelta, sizeMul, sizeLsb: size + index, reservedCount, headerIdx });
    }
    if (codes.length === INVALID_CODE) codes.push({ ...noFrame });
  }
  return codes;
}

const noFrame: FrameCode = {
  flags: FrameFlag.invalid,
  streamId: 0,
  ptsDelta: 0,
  sizeMul: 1,
  sizeLsb: 0,
  reservedCount: 0,
  headerIdx: 0,
};

/** stream_header (NUT specification, "Stream header"). */
export function readStreamHeader(reader: NutReader, main: MainHeader): StreamHeader {
  const streamId = ranged(reader, "stream_id", 0, main.streamCount - 1);
  const streamClass = reader.v();
  const fourcc = Buffer.from(reader.vb()).toString("latin1");
  const timeBaseId = ranged(reader, "time_base_id", 0, main.timeBases.length - 1);
  const msbPtsShift = ranged(reader, "msb_pts_shift", 0, 15);
  const maxPtsDistance = reader.v();
  const decodeDelay = reader.v();
  reader.v(); // stream_flags
  const extradata = new Uint8Array(reader.vb()); // codec_specific_data
  const sound = mediaClass(streamClass) === "audio" ? readSound(reader) : null;
  whole(reader, "stream header"); // size and colours of video follow: the codec's own headers say it better
  const timeBase = main.timeBases[timeBaseId];
  if (timeBase === undefined) return reader.fail("a time base", timeBaseId);
  return {
    streamId,
    mediaClass: mediaClass(streamClass),
    fourcc,
    extradata,
    timeBase,
    msbPtsShift,
    maxPtsDistance,
    decodeDelay,
    ...(sound !== null && { sound }),
  };
}

function readSound(reader: NutReader): DecodedSound {
  const num = reader.v(); // samplerate_num
  const den = Math.max(1, reader.v()); // samplerate_denom
  return { sampleRateHz: num / den, channels: reader.v() };
}

function mediaClass(streamClass: number): StreamHeader["mediaClass"] {
  if (streamClass === 0) return "video";
  return streamClass === 1 ? "audio" : "other";
}

/** syncpoint (NUT specification, "Syncpoint"). */
export function readSyncpoint(reader: NutReader, main: MainHeader): Syncpoint {
  const coded = reader.v(); // global_key_pts: t
  reader.v(); // back_ptr_div16
  if (main.isBroadcast) reader.v(); // transmit_ts
  whole(reader, "syncpoint");
  const timeBase = main.timeBases[coded % main.timeBases.length];
  if (timeBase === undefined) return reader.fail("a time base", coded);
  return { ticks: Math.floor(coded / main.timeBases.length), timeBase };
}

function ranged(reader: NutReader, name: string, min: number, max: number): number {
  const value = reader.v();
  if (!reader.isShort && (value < min || value > max)) reader.fail(`${name} of ${min} to ${max}`, value);
  return value;
}

function whole(reader: NutReader, name: string): void {
  if (reader.isShort) reader.fail(`the rest of the ${name}`, "its end");
}

/** Ticks of one time base in another, rounded down; the products pass 2^53. */
export function rescale(
  ticks: number,
  from: { num: number; den: number },
  { timeBase: to }: StreamHeader,
): number {
  if (from.num === to.num && from.den === to.den) return ticks;
  return Number((BigInt(ticks) * BigInt(from.num) * BigInt(to.den)) / (BigInt(from.den) * BigInt(to.num)));
}
