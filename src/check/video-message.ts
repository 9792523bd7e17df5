import { exVideoMark, PacketType, VIDEO_FOURCCS } from "../media/flv/fourcc.ts";
import type { VideoCodec } from "../media/packet.ts";
import { type ExStart, isSeveralTracks, readExStart } from "./ex-header.ts";
import type { Faults } from "./faults.ts";
import { placeOf, type TagUnit } from "./unit.ts";

/** "other": one that is not looked into. */
export type CheckedVideoCodec = VideoCodec | "other";

/** What the body of a video tag says, of FLV 10.1 (E.4.3) or Enhanced RTMP; the bytes are views into it. */
export interface VideoMessage {
  readonly kind: "config" | "frame" | "end";
  readonly codec: CheckedVideoCodec;
  readonly head: VideoHead;
  readonly data: Buffer;
}

export interface VideoHead {
  readonly frameType: number;
  /** CodecID, or the FourCC. */
  readonly codecId: number | string;
  readonly compositionTimeMs: number;
}

const FrameType = { key: 1, inter: 2, disposable: 3, generatedKey: 4, command: 5 } as const;

/** CodecID (E.4.3.1): those that once were. */
const OLD_CODECS: Readonly<Record<number, string>> = {
  1: "JPEG",
  2: "Sorenson H.263",
  3: "Screen video",
  4: "VP6",
  5: "VP6 with alpha",
  6: "Screen video 2",
};
/** CodecID of those with AVCPacketType; 12 and 13 by a convention of CDNs. */
const CODECS: Readonly<Record<number, VideoCodec>> = { 7: "h264", 12: "hevc", 13: "av1" };

/** Reads a video tag; null for what holds no picture and no settings, or cannot be understood. */
export function readVideo(tag: TagUnit, faults: Faults): VideoMessage | null {
  const first = tag.body.readUInt8(0);
  if ((first & exVideoMark) !== 0) return readExVideo(tag, faults);
  const codecId = first & 0xf;
  const frameType = first >> 4;
  if (frameType === FrameType.command) return null;
  const codec = CODECS[codecId];
  if (codec === undefined) return readOther(tag, codecId, frameType, faults);
  if (codec === "hevc") faults.report("video-codec-hevc-12", "CodecID 12", placeOf(tag));
  if (codec === "av1") faults.report("video-codec-av1-13", "CodecID 13", placeOf(tag));
  if (frameType !== FrameType.key && frameType !== FrameType.inter)
    faults.report("video-frame-type", `${frameType}, expected 1 (key) or 2 (inter)`, placeOf(tag));
  return readClassic(tag, codec, { codecId, frameType }, faults);
}

function readClassic(
  tag: TagUnit,
  codec: VideoCodec,
  start: Omit<VideoHead, "compositionTimeMs">,
  faults: Faults,
): VideoMessage | null {
  const { body } = tag;
  if (body.length < 5) return short(tag, 5, faults);
  const head = { ...start, compositionTimeMs: body.readIntBE(2, 3) };
  const about = { codec, head, data: body.subarray(5) };
  switch (body.readUInt8(1)) {
    case PacketType.sequenceStart:
      return { kind: "config", ...about };
    case PacketType.coded:
      return { kind: "frame", ...about };
    case PacketType.sequenceEnd:
      return { kind: "end", ...about };
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

/** VideoPacketType of Enhanced RTMP v2, beyond those of `PacketType`. */
const ExType = { metadata: 4, mpeg2TsSequenceStart: 5, multitrack: 6, modEx: 7 } as const;

const RARE_FOURCCS: ReadonlySet<string> = new Set(["vp08", "vp09", "vvc1"]);
/** Those whose CodedFrames have a composition time. */
const WITH_COMPOSITION_TIME: ReadonlySet<string> = new Set(["avc1", "hvc1", "vvc1"]);

/** ExVideoTagHeader; what has several tracks is understood as such, and not taken apart. */
function readExVideo(tag: TagUnit, faults: Faults): VideoMessage | null {
  const { body } = tag;
  const frameType = (body.readUInt8(0) >> 4) & 7;
  faults.report("enhanced-rtmp", "a video tag with IsExHeader", placeOf(tag));
  const start = readExStart(tag, faults);
  if (start === null) return short(tag, body.length + 1, faults);
  const { packetType, at } = start;
  if (packetType > ExType.modEx) {
    faults.report("video-ex-packet-type", `${packetType}, expected 0 to 7`, placeOf(tag));
    return null;
  }
  if (frameType === FrameType.command && packetType !== ExType.metadata) return null;
  if (isSeveralTracks(tag, start, ExType.multitrack, faults)) return null;
  if (body.length < at + 4) return short(tag, at + 4, faults);
  const fourCc = body.toString("latin1", at, at + 4);
  const codec = VIDEO_FOURCCS[fourCc] ?? (RARE_FOURCCS.has(fourCc) ? "other" : undefined);
  if (codec === undefined) {
    faults.report("video-fourcc-unknown", faults.quoted(fourCc), placeOf(tag));
    return null;
  }
  judgeFourCc(tag, fourCc, faults);
  return exMessage(tag, { packetType, at: at + 4 }, { codec, fourCc, frameType }, faults);
}

function judgeFourCc(tag: TagUnit, fourCc: string, faults: Faults): void {
  if (fourCc === "avc1") faults.report("video-fourcc-avc1", "avc1, expected CodecID 7", placeOf(tag));
  if (RARE_FOURCCS.has(fourCc)) faults.report("video-fourcc-rare", fourCc, placeOf(tag));
}

interface ExCodec {
  readonly codec: CheckedVideoCodec;
  readonly fourCc: string;
  readonly frameType: number;
}

function exMessage(
  tag: TagUnit,
  { packetType, at }: ExStart,
  { codec, fourCc, frameType }: ExCodec,
  faults: Faults,
): VideoMessage | null {
  const { body } = tag;
  const isTimed = packetType === PacketType.coded && WITH_COMPOSITION_TIME.has(fourCc);
  if (isTimed && body.length < at + 3) return short(tag, at + 3, faults);
  const head = { frameType, codecId: fourCc, compositionTimeMs: isTimed ? body.readIntBE(at, 3) : 0 };
  const data = body.subarray(isTimed ? at + 3 : at);
  const about = { codec, head, data };
  switch (packetType) {
    case PacketType.sequenceStart:
      return { kind: "config", ...about };
    case PacketType.codedX:
      if (!WITH_COMPOSITION_TIME.has(fourCc))
        faults.report("video-coded-frames-x", `${fourCc}, expected VideoPacketType 1`, placeOf(tag));
      return { kind: "frame", ...about };
    case PacketType.coded:
      return { kind: "frame", ...about };
    case PacketType.sequenceEnd:
      return { kind: "end", ...about };
    case ExType.metadata:
      faults.report("video-ex-metadata", `VideoPacketType 4, ${data.length} bytes`, placeOf(tag));
      return null;
    default:
      faults.report("video-mpeg2-ts-start", `VideoPacketType ${packetType}`, placeOf(tag));
      return null;
  }
}

function short(tag: TagUnit, expectedBytes: number, faults: Faults): null {
  const detail = `${tag.body.length} bytes, expected ${expectedBytes} or more`;
  faults.report("video-tag-short", detail, placeOf(tag));
  return null;
}
