import { isAudio, isVideo, type RawStream, type RawTag, TYPE } from "./raw-stream.ts";

/** IsExHeader, FrameType, VideoPacketType and the FourCC (Enhanced RTMP v2). */
export const EX_HEAD_BYTES = 5;

/** The body of an extended tag. */
export function exBody(first: number, fourCc: string, ...data: readonly Uint8Array[]): Buffer {
  return Buffer.concat([Buffer.of(first), Buffer.from(fourCc, "latin1"), ...data]);
}

export function dataOf({ body }: RawTag): Buffer {
  return body.subarray(EX_HEAD_BYTES);
}

export function setData(tag: RawTag, data: Uint8Array): void {
  tag.body = Buffer.concat([tag.body.subarray(0, EX_HEAD_BYTES), data]);
}

export function exConfigOf(stream: RawStream): RawTag {
  const tag = stream.tags.find(({ type, body }) => type !== TYPE.script && ((body[0] ?? 0) & 0xf) === 0);
  if (tag === undefined) throw new Error("the stream has no settings");
  return tag;
}

/** The frames behind the settings. */
export function exFrames(stream: RawStream): RawTag[] {
  return stream.tags.filter((tag) => (isVideo(tag) || isAudio(tag)) && tag !== exConfigOf(stream));
}

export function exFrameAt(stream: RawStream, index: number): RawTag {
  const tag = exFrames(stream).at(index);
  if (tag === undefined) throw new Error("the stream is too short");
  return tag;
}

/** A tag before another of the same time. */
export function insertBefore(stream: RawStream, tag: RawTag, body: Buffer): void {
  stream.tags.splice(stream.tags.indexOf(tag), 0, { ...tag, body });
}
