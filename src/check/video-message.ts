import type { Faults } from "./faults.ts";
import { placeOf, type TagUnit } from "./unit.ts";

export type VideoCodec = "h264" | "hevc" | "av1" | "other";

/** What the body of a video tag says, of FLV 10.1 (E.4.3) or Enhanced RTMP; the bytes are views into it. */
export type VideoMessage =
  | { readonly kind: "config"; readonly codec: VideoCodec; readonly head: VideoHead; readonly data: Buffer }
  | { readonly kind: "frame"; readonly codec: VideoCodec; readonly head: VideoHead; readonly data: Buffer }
  | { readonly kind: "end"; readonly codec: VideoCodec; readonly head: VideoHead };

export interface VideoHead {
  readonly frameType: number;
  /** CodecID, or the FourCC. */
  readonly codecId: number | string;
  readonly compositionTimeMs: number;
}

const FrameType = { key: 1, inter: 2, disposable: 3, generatedKey: 4, command: 5 } as const;

/** CodecID (E.4.3.1): those that once were. 7 is AVC. */
const OLD_CODECS: Readonly<Record<number, string>> = {
  1: "JPEG",
  2: "Sorenson H.263",
  3: "Screen video",
  4: "VP6",
  5: "VP6 with alpha",
  6: "Screen video 2",
};
const AVC = 7;
const HEVC_BY_CUSTOM = 12;

/** Reads a video tag; null for what holds no picture and no settings, or cannot be understood. */
export function readVideo(tag: TagUnit, faults: Faults): VideoMessage | null {
  const first = tag.body.readUInt8(0);
  if ((first & 0x80) !== 0) return readExVideo(tag, faults);
  const codecId = first & 0xf;
  const frameType = first >> 4;
  if (frameType === FrameType.command) return null;
  if (codecId !== AVC && codecId !== HEVC_BY_CUSTOM) return readOther(tag, codecId, frameType, faults);
  if (codecId === HEVC_BY_CUSTOM) faults.report("video-codec-hevc-12", "CodecID 12", placeOf(tag));
  if (frameType !== FrameType.key && frameType !== FrameType.inter)
    faults.report("video-frame-type", `${frameType}, expected 1 (key) or 2 (inter)`, placeOf(tag));
  return readAvc(tag, codecId, frameType, faults);
}

function readAvc(tag: TagUnit, codecId: number, frameType: number, faults: Faults): VideoMessage | null {
  const { body } = tag;
  if (body.length < 5) return short(tag, 5, faults);
  const head = { frameType, codecId, compositionTimeMs: body.readIntBE(2, 3) };
  const codec = codecId === AVC ? "h264" : "hevc";
  switch (body.readUInt8(1)) {
    case 0:
      return { kind: "config", codec, head, data: body.subarray(5) };
    case 1:
      return { kind: "frame", codec, head, data: body.subarray(5) };
    case 2:
      return { kind: "end", codec, head };
    default:
      faults.report("avc-packet-type", `${body[1]}, expected 0, 1 or 2`, placeOf(tag));
      return null;
  }
}

function readOther(tag: TagUnit, codecId: number, frameType: number, faults: Faults): VideoMessage | null {
  const name = OLD_CODECS[codecId];
  if (name === undefined) faults.report("video-codec-unknown", `CodecID ${codecId}`, placeOf(tag));
  else faults.report("video-codec-old", `CodecID ${codecId}, ${name}`, placeOf(tag));
  if (frameType < FrameType.key || frameType > FrameType.command)
    faults.report("video-frame-type", `${frameType}, expected 1 to 5`, placeOf(tag));
  const head = { frameType, codecId, compositionTimeMs: 0 };
  return { kind: "frame", codec: "other", head, data: tag.body.subarray(1) };
}

/** VideoPacketType of Enhanced RTMP v2. */
const ExType = {
  sequenceStart: 0,
  codedFrames: 1,
  sequenceEnd: 2,
  codedFramesX: 3,
  metadata: 4,
  mpeg2TsSequenceStart: 5,
  multitrack: 6,
  modEx: 7,
} as const;

const EX_CODECS: Readonly<Record<string, VideoCodec>> = {
  avc1: "h264",
  hvc1: "hevc",
  av01: "av1",
  vp08: "other",
  vp09: "other",
  vvc1: "other",
};
/** Those whose CodedFrames have a composition time. */
const WITH_COMPOSITION_TIME: ReadonlySet<string> = new Set(["avc1", "hvc1", "vvc1"]);

/** ExVideoTagHeader; what has several tracks is understood as such, and not taken apart. */
function readExVideo(tag: TagUnit, faults: Faults): VideoMessage | null {
  const { body } = tag;
  const frameType = (body.readUInt8(0) >> 4) & 7;
  faults.report("enhanced-rtmp", "a video tag with IsExHeader", placeOf(tag));
  const start = skipModEx(body);
  if (start === null) return short(tag, body.length + 1, faults);
  const { packetType, at } = start;
  if (packetType > ExType.modEx) {
    faults.report("video-ex-packet-type", `${packetType}, expected 0 to 7`, placeOf(tag));
    return null;
  }
  const isCommand = frameType === FrameType.command && packetType !== ExType.metadata;
  if (isCommand || packetType === ExType.multitrack) return null;
  if (body.length < at + 4) return short(tag, at + 4, faults);
  const fourCc = body.toString("latin1", at, at + 4);
  const codec = EX_CODECS[fourCc];
  if (codec === undefined) {
    faults.report("video-fourcc-unknown", JSON.stringify(fourCc), placeOf(tag));
    return null;
  }
  return exMessage(tag, { frameType, fourCc, codec, packetType, at: at + 4 }, faults);
}

interface ExStart {
  readonly frameType: number;
  readonly fourCc: string;
  readonly codec: VideoCodec;
  readonly packetType: number;
  readonly at: number;
}

function exMessage(tag: TagUnit, start: ExStart, faults: Faults): VideoMessage | null {
  const { frameType, fourCc, codec, packetType, at } = start;
  const { body } = tag;
  const isTimed = packetType === ExType.codedFrames && WITH_COMPOSITION_TIME.has(fourCc);
  if (isTimed && body.length < at + 3) return short(tag, at + 3, faults);
  const head = { frameType, codecId: fourCc, compositionTimeMs: isTimed ? body.readIntBE(at, 3) : 0 };
  const data = body.subarray(isTimed ? at + 3 : at);
  switch (packetType) {
    case ExType.sequenceStart:
      return { kind: "config", codec, head, data };
    case ExType.codedFrames:
    case ExType.codedFramesX:
      return { kind: "frame", codec, head, data };
    case ExType.sequenceEnd:
      return { kind: "end", codec, head };
    default:
      return null;
  }
}

/** Past the modifiers (ModEx) that may stand before the real packet type; null where they are cut short. */
export function skipModEx(body: Buffer): { readonly packetType: number; readonly at: number } | null {
  let packetType = body.readUInt8(0) & 0xf;
  let at = 1;
  while (packetType === ExType.modEx) {
    let dataBytes = (body[at] ?? 0) + 1;
    at += 1;
    if (dataBytes === 256) {
      if (at + 2 > body.length) return null;
      dataBytes = body.readUInt16BE(at) + 1;
      at += 2;
    }
    at += dataBytes;
    const next = body[at];
    if (next === undefined) return null;
    packetType = next & 0xf;
    at += 1;
  }
  return { packetType, at };
}

function short(tag: TagUnit, expectedBytes: number, faults: Faults): null {
  const detail = `${tag.body.length} bytes, expected ${expectedBytes} or more`;
  faults.report("video-tag-short", detail, placeOf(tag));
  return null;
}
