import type { VideoCodec, VideoFrame } from "../packet.ts";
import { type BodyReader, corrupt, readBody } from "./body-reader.ts";
import { readInt24, readUint32 } from "./bytes.ts";

/** FrameType, the high half of VideoTagHeader's first byte (Adobe FLV 10.1, E.4.3.1). */
export const FrameType = { key: 1, inter: 2 } as const;
/** CodecID, its low half. */
const avcCodecId = 7;
const AvcPacketType = { sequenceHeader: 0, nalUnits: 1, endOfSequence: 2 } as const;

/** FrameType with CodecID, AVCPacketType, CompositionTime (SI24). */
export const videoHeaderBytes = 5;
/** What our AVCDecoderConfigurationRecord says in lengthSizeMinusOne. */
export const nalLengthBytes = 4;

/** How video tags hold a codec: what stands before the decoder config and before a frame's units. */
export interface VideoForm {
  /** videocodecid of onMetaData. */
  readonly codecId: number;
  readonly sequenceHeader: Uint8Array;
  readonly frameHeader: (frame: VideoFrame) => Uint8Array;
}

/** AVC's (E.4.3.1 and E.4.3.2). */
export const avcForm: VideoForm = {
  codecId: avcCodecId,
  sequenceHeader: avcHeader(true, AvcPacketType.sequenceHeader, 0),
  frameHeader: ({ isKey, decodeTimeUs, presentationTimeUs }) =>
    avcHeader(isKey, AvcPacketType.nalUnits, Math.round((presentationTimeUs - decodeTimeUs) / 1000)),
};

function avcHeader(isKey: boolean, packetType: number, compositionTimeMs: number): Uint8Array {
  const frameType = isKey ? FrameType.key : FrameType.inter;
  return Uint8Array.of(
    (frameType << 4) | avcCodecId,
    packetType,
    compositionTimeMs >> 16, // CompositionTime, SI24: each number is cut to its low byte
    compositionTimeMs >> 8,
    compositionTimeMs,
  );
}

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
      readonly nalUnits: readonly Uint8Array[];
    }
  | { readonly kind: "video-end" };

const readers: Readonly<Record<VideoCodec, BodyReader<VideoBody>>> = {
  h264: { expected: "7 (AVC)", reads: (first) => (first & 0xf) === avcCodecId, read: readAvc },
};

/** Reads the body of a video tag; throws CorruptInputError for a codec that is not ours, and for NAL lengths of other than 4 bytes. */
export function parseVideoBody(body: Uint8Array, bodyOffset = 0): VideoBody {
  if (body.length < videoHeaderBytes)
    corrupt(`a video tag of ${body.length} bytes, expected 5 or more`, bodyOffset);
  return readBody(readers, body, bodyOffset, (first) => `CodecID ${first & 0xf}`);
}

function readAvc(body: Uint8Array, bodyOffset: number): VideoBody {
  const [first = 0, packetType = 0] = body;
  const frameType = first >> 4;
  if (frameType !== FrameType.key && frameType !== FrameType.inter)
    corrupt(`FrameType ${frameType}, expected 1 (key) or 2 (inter)`, bodyOffset);
  switch (packetType) {
    case AvcPacketType.sequenceHeader:
      return { kind: "video-config", codec: "h264", decoderConfig: body.subarray(videoHeaderBytes) };
    case AvcPacketType.nalUnits:
      return {
        kind: "video-frame",
        isKey: frameType === FrameType.key,
        compositionTimeMs: readInt24(body, 2),
        nalUnits: splitNalUnits(body.subarray(videoHeaderBytes), bodyOffset + videoHeaderBytes),
      };
    case AvcPacketType.endOfSequence:
      return { kind: "video-end" };
    default:
      return corrupt(`AVCPacketType ${packetType}, expected 0, 1 or 2`, bodyOffset + 1);
  }
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
  if (units.length === 0) corrupt("a picture without NAL units", offset);
  return units;
}
