import { CorruptInputError } from "../corrupt-input.ts";
import { readInt24, readUint32 } from "./big-endian.ts";

/** FrameType, the high half of VideoTagHeader's first byte (Adobe FLV 10.1, E.4.3.1). */
export const FrameType = { key: 1, inter: 2 } as const;
/** CodecID, its low half. */
export const avcCodecId = 7;
export const AvcPacketType = { sequenceHeader: 0, nalUnits: 1, endOfSequence: 2 } as const;

/** FrameType with CodecID, AVCPacketType, CompositionTime (SI24). */
export const videoHeaderBytes = 5;
/** What our AVCDecoderConfigurationRecord says in lengthSizeMinusOne. */
export const nalLengthBytes = 4;

/** What the body of a video tag says; the bytes are views into it. */
export type VideoBody =
  | { readonly kind: "video-config"; readonly avcc: Uint8Array }
  | {
      readonly kind: "video-frame";
      readonly isKey: boolean;
      /** Presentation time less the tag's timestamp. */
      readonly compositionTimeMs: number;
      readonly nalUnits: readonly Uint8Array[];
    }
  | { readonly kind: "video-end" };

/** Reads the body of a video tag; throws CorruptInputError for anything but H.264 with 4-byte NAL lengths. */
export function parseVideoBody(body: Uint8Array, bodyOffset = 0): VideoBody {
  if (body.length < videoHeaderBytes)
    fail(`a video tag of ${body.length} bytes, expected 5 or more`, bodyOffset);
  const [first = 0, packetType = 0] = body;
  const frameType = first >> 4;
  const codecId = first & 0xf;
  if (codecId !== avcCodecId) fail(`CodecID ${codecId}, expected 7 (AVC)`, bodyOffset);
  if (frameType !== FrameType.key && frameType !== FrameType.inter)
    fail(`FrameType ${frameType}, expected 1 (key) or 2 (inter)`, bodyOffset);
  switch (packetType) {
    case AvcPacketType.sequenceHeader:
      return { kind: "video-config", avcc: body.subarray(videoHeaderBytes) };
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
      return fail(`AVCPacketType ${packetType}, expected 0, 1 or 2`, bodyOffset + 1);
  }
}

function splitNalUnits(data: Uint8Array, offset: number): Uint8Array[] {
  const units: Uint8Array[] = [];
  for (let at = 0; at < data.length; ) {
    const leftBytes = data.length - at - nalLengthBytes;
    const unitBytes = leftBytes < 0 ? 0 : readUint32(data, at);
    if (unitBytes === 0 || unitBytes > leftBytes)
      fail(`a NAL unit of ${unitBytes} bytes where ${Math.max(leftBytes, 0)} are left`, offset + at);
    units.push(data.subarray(at + nalLengthBytes, at + nalLengthBytes + unitBytes));
    at += nalLengthBytes + unitBytes;
  }
  if (units.length === 0) fail("a picture without NAL units", offset);
  return units;
}

function fail(what: string, offset: number): never {
  throw new CorruptInputError(`FLV: ${what} at offset ${offset}`);
}
