import { readFileSync } from "node:fs";

/** An FLV stream whose every field can be set wrong. */
export interface RawStream {
  /** Signature, version, TypeFlags, DataOffset. */
  header: Buffer;
  previousTagSize0: Buffer;
  tags: RawTag[];
  /** What follows the last tag. */
  tail: Buffer;
}

export interface RawTag {
  type: number;
  timestampMs: number;
  streamId: number;
  body: Buffer;
  /** What DataSize says, where it is not the body's length. */
  dataSize?: number;
  /** What PreviousTagSize says, where it is not the tag's length; null: the field is left out. */
  previousTagSize?: number | null;
  /** Bytes in front of the tag that belong to none. */
  before?: Buffer;
}

export const TYPE = { audio: 8, video: 9, script: 18 } as const;

/** A sound FLV file, as ffmpeg has made it. */
export function readRaw(name: string): RawStream {
  return parseRaw(readFileSync(`test/fixtures/flv/${name}.flv`));
}

/** A sound FLV stream, taken apart. */
export function parseRaw(bytes: Buffer): RawStream {
  const tags: RawTag[] = [];
  for (let at = 13; at < bytes.length; ) {
    const dataSize = bytes.readUIntBE(at + 1, 3);
    tags.push({
      type: bytes.readUInt8(at),
      timestampMs: (bytes.readUInt8(at + 7) << 24) | bytes.readUIntBE(at + 4, 3),
      streamId: 0,
      body: Buffer.from(bytes.subarray(at + 11, at + 11 + dataSize)),
    });
    at += 11 + dataSize + 4;
  }
  return {
    header: Buffer.from(bytes.subarray(0, 9)),
    previousTagSize0: Buffer.alloc(4),
    tags,
    tail: Buffer.alloc(0),
  };
}

export function write({ header, previousTagSize0, tags, tail }: RawStream): Buffer {
  return Buffer.concat([header, previousTagSize0, ...tags.map(writeTag), tail]);
}

export function writeTag(tag: RawTag): Buffer {
  const { type, timestampMs, streamId, body } = tag;
  const head = Buffer.alloc(11);
  head.writeUInt8(type, 0);
  head.writeUIntBE(tag.dataSize ?? body.length, 1, 3);
  head.writeUIntBE(timestampMs & 0xff_ffff, 4, 3);
  head.writeUInt8((timestampMs >>> 24) & 0xff, 7);
  head.writeUIntBE(streamId, 8, 3);
  const size = Buffer.alloc(tag.previousTagSize === null ? 0 : 4);
  if (tag.previousTagSize !== null) size.writeUInt32BE(tag.previousTagSize ?? 11 + body.length);
  return Buffer.concat([tag.before ?? Buffer.alloc(0), head, body, size]);
}

export function isVideo({ type }: RawTag): boolean {
  return type === TYPE.video;
}

export function isAudio({ type }: RawTag): boolean {
  return type === TYPE.audio;
}

export function isVideoConfig({ type, body }: RawTag): boolean {
  return type === TYPE.video && body[1] === 0;
}

export function isAudioConfig({ type, body }: RawTag): boolean {
  return type === TYPE.audio && (body[0] ?? 0) >> 4 === 10 && body[1] === 0;
}

export function isPicture({ type, body }: RawTag): boolean {
  return type === TYPE.video && body[1] === 1;
}

export function isKey(tag: RawTag): boolean {
  return isPicture(tag) && (tag.body[0] ?? 0) >> 4 === 1;
}

export function isSound(tag: RawTag): boolean {
  return isAudio(tag) && !isAudioConfig(tag);
}

/** The same pictures and sound again and again, each time later: a stream of any length. */
export function repeated(stream: RawStream, times: number): RawStream {
  const settings = stream.tags.filter((tag) => !isPicture(tag) && !isSound(tag) && tag.body.length > 5);
  const frames = stream.tags.filter((tag) => isPicture(tag) || isSound(tag));
  const lengthMs = 2000;
  const rounds = Array.from({ length: times }, (_, round) =>
    frames
      .filter(({ timestampMs }) => timestampMs < lengthMs)
      .map((tag) => ({
        ...tag,
        body: Buffer.from(tag.body),
        timestampMs: soundTime(tag, frames, round) ?? tag.timestampMs + round * lengthMs,
      })),
  );
  const tags = [...settings, ...rounds.flat()];
  return { ...stream, tags };
}

/** Sound at exact multiples of its length, whatever the rounds of the pictures are. */
function soundTime(tag: RawTag, frames: readonly RawTag[], round: number): number | null {
  if (!isSound(tag)) return null;
  const sounds = frames.filter((one) => isSound(one) && one.timestampMs < 2000);
  return Math.round(((sounds.indexOf(tag) + round * sounds.length) * 1024 * 1000) / 44_100);
}
