import type { VideoCodec } from "../packet.ts";
import { type BodyReader, corrupt, readBody } from "./body-reader.ts";
import { readInt24, readUint32 } from "./bytes.ts";
import { exHeaderBytes, exVideoMark, fourccOf, PacketType } from "./fourcc.ts";
import { CodecId, FrameType } from "./video-form.ts";

/** FrameType with CodecID, AVCPacketType, CompositionTime (SI24): no shorter than an extended header. */
const headerBytes = 5;
const compositionTimeBytes = 3;
/** What our decoder configs say of the lengths before units. */
const nalLengthBytes = 4;

/** A video track's settings, as its sequence header tells them. */
export interface VideoSettings {
  readonly kind: "video-config";
  readonly codec: VideoCodec;
  readonly decoderConfig: Uint8Array;
}

/** What the body of a video tag says; the bytes are views into it. */
export type VideoBody =
  | VideoSettings
  | {
      readonly kind: "video-frame";
      readonly isKey: boolean;
      /** Presentation time less the tag's timestamp. */
      readonly compositionTimeMs: number;
      /** The frame as decoders take it, whose units these are; AV1's are not taken apart. */
      readonly data: Uint8Array;
      readonly units: readonly Uint8Array[];
    }
  | { readonly kind: "video-end" };

const readers: Readonly<Record<VideoCodec, BodyReader<VideoBody>>> = {
  h264: {
    expected: "7 (AVC)",
    reads: (body) => classicId(body) === CodecId.avc,
    read: (body, offset) => readClassic("h264", body, offset),
  },
  hevc: {
    expected: "hvc1 or 12 (HEVC)",
    reads: (body) => classicId(body) === CodecId.hevc || exFourcc(body) === "hvc1",
    read: (body, offset) =>
      classicId(body) === null ? readEx("hevc", body, offset) : readClassic("hevc", body, offset),
  },
  av1: {
    expected: "av01",
    reads: (body) => exFourcc(body) === "av01",
    read: (body, offset) => readEx("av1", body, offset),
  },
};

/** Reads the body of a video tag; throws CorruptInputError for what our streams have not: other codecs, and NAL lengths of other than 4 bytes. */
export function parseVideoBody(body: Uint8Array, bodyOffset = 0): VideoBody {
  if (body.length < headerBytes)
    corrupt(`a video tag of ${body.length} bytes, expected 5 or more`, bodyOffset);
  return readBody(readers, body, bodyOffset, () => {
    const id = classicId(body);
    return id === null ? `FourCC ${fourccOf(body)}` : `CodecID ${id}`;
  });
}

/** CodecID; null where a FourCC stands for it. */
function classicId([first = 0]: Uint8Array): number | null {
  return (first & exVideoMark) === 0 ? first & 0xf : null;
}

function exFourcc(body: Uint8Array): string | null {
  return classicId(body) === null ? fourccOf(body) : null;
}

function readClassic(codec: VideoCodec, body: Uint8Array, bodyOffset: number): VideoBody {
  const [first = 0, packetType = 0] = body;
  const isKey = readFrameType(first >> 4, bodyOffset);
  const data = body.subarray(headerBytes);
  switch (packetType) {
    case PacketType.sequenceStart:
      return { kind: "video-config", codec, decoderConfig: data };
    case PacketType.coded:
      return frame(codec, isKey, readInt24(body, 2), data, bodyOffset + headerBytes);
    case PacketType.sequenceEnd:
      return { kind: "video-end" };
    default:
      return corrupt(`AVCPacketType ${packetType}, expected 0, 1 or 2`, bodyOffset + 1);
  }
}

/** ExVideoTagHeader (Enhanced RTMP 2); AV1's frames have no composition time. */
function readEx(codec: VideoCodec, body: Uint8Array, bodyOffset: number): VideoBody {
  const [first = 0] = body;
  const isKey = readFrameType((first >> 4) & 0b111, bodyOffset);
  const data = body.subarray(exHeaderBytes);
  const packetType = first & 0xf;
  const dataOffset = bodyOffset + exHeaderBytes;
  switch (packetType) {
    case PacketType.sequenceStart:
      return { kind: "video-config", codec, decoderConfig: data };
    case PacketType.coded:
      if (codec === "av1") return frame(codec, isKey, 0, data, dataOffset);
      if (data.length < compositionTimeBytes) corrupt("a composition time that is cut short", dataOffset);
      return frame(
        ...([codec, isKey, readInt24(data, 0), data.subarray(compositionTimeBytes)] as const),
        dataOffset + compositionTimeBytes,
      );
    case PacketType.codedX:
      return frame(codec, isKey, 0, data, dataOffset);
    case PacketType.sequenceEnd:
      return { kind: "video-end" };
    default:
      return corrupt(`VideoPacketType ${packetType}, expected 0 to 3`, bodyOffset);
  }
}

function readFrameType(frameType: number, bodyOffset: number): boolean {
  if (frameType !== FrameType.key && frameType !== FrameType.inter)
    corrupt(`FrameType ${frameType}, expected 1 (key) or 2 (inter)`, bodyOffset);
  return frameType === FrameType.key;
}

function frame(
  codec: VideoCodec,
  isKey: boolean,
  compositionTimeMs: number,
  data: Uint8Array,
  offset: number,
): VideoBody {
  if (data.length === 0) corrupt("a picture without data", offset);
  const units = codec === "av1" ? [data] : splitNalUnits(data, offset);
  return { kind: "video-frame", isKey, compositionTimeMs, data, units };
}

function splitNalUnits(data: Uint8Array, offset: number): Uint8Array[] {
  const units: Uint8Array[] = [];
  for (let at = 0; at < data.length; ) {
    const leftBytes = data.length - at - nalLengthBytes;
    const unitBytes = leftBytes < 0 ? 0 : readUint32(data, at);
    if (unitBytes === 0 || unitBytes > leftBytes)
      corrupt(`a NAL unit of ${unitBytes} bytes where ${Math.max(leftBytes, 0)} are left`, offset + at);
    units.push(data.subarray(at + nalLengthBytes, at + nalLengthBytes + unitBytes));
    at += nalLengthBytes + unitBytes;
  }
  return units;
}
