import { encodeAvcc } from "../codec/avcc.ts";
import { CorruptInputError } from "../codec/corrupt.ts";
import type { VideoConfig, VideoFrame } from "../codec/packet.ts";
import { encodeTag, openTag, type Tag, TagType, tagHeaderBytes } from "./tag.ts";

/** FrameType, the high half of VideoTagHeader's first byte (Adobe FLV 10.1, E.4.3.1). */
const FrameType = { key: 1, inter: 2 } as const;
/** CodecID, its low half. */
const avcCodecId = 7;
const AvcPacketType = { sequenceHeader: 0, nalUnits: 1, endOfSequence: 2 } as const;

/** FrameType with CodecID, AVCPacketType, CompositionTime (SI24). */
const videoHeaderBytes = 5;
/** What our AVCDecoderConfigurationRecord says in lengthSizeMinusOne. */
const nalLengthBytes = 4;

/** The tag with the AVC sequence header: parameter sets, before the key frame that needs them. */
export function encodeVideoConfig(config: VideoConfig, timestampMs: number): Tag {
  const header = Uint8Array.of((FrameType.key << 4) | avcCodecId, AvcPacketType.sequenceHeader, 0, 0, 0);
  const bytes = encodeTag(TagType.video, timestampMs, [header, encodeAvcc(config)]);
  return { role: "video-config", timestampMs, bytes };
}

/** The tag of one picture: each NAL unit behind its length. The one copy that a picture goes through. */
export function encodeVideoFrame(frame: VideoFrame, timestampMs: number): Tag {
  let bodyBytes = videoHeaderBytes;
  for (const unit of frame.nalUnits) bodyBytes += nalLengthBytes + unit.length;
  const out = openTag(TagType.video, timestampMs, bodyBytes);
  let at = tagHeaderBytes;
  at = out.writeUInt8(((frame.isKey ? FrameType.key : FrameType.inter) << 4) | avcCodecId, at);
  at = out.writeUInt8(AvcPacketType.nalUnits, at);
  at = out.writeUIntBE(0, at, 3); // CompositionTime: no B-frames, so pictures are shown as they are decoded
  for (const unit of frame.nalUnits) {
    at = out.writeUInt32BE(unit.length, at);
    out.set(unit, at);
    at += unit.length;
  }
  return { role: frame.isKey ? "key" : "delta", timestampMs, bytes: out };
}

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
  const view = Buffer.from(body.buffer, body.byteOffset, body.length);
  if (view.length < videoHeaderBytes)
    fail(`a video tag of ${view.length} bytes, expected 5 or more`, bodyOffset);
  const frameType = view.readUInt8(0) >> 4;
  const codecId = view.readUInt8(0) & 0xf;
  const packetType = view.readUInt8(1);
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
        compositionTimeMs: view.readIntBE(2, 3),
        nalUnits: splitNalUnits(view.subarray(videoHeaderBytes), bodyOffset + videoHeaderBytes),
      };
    case AvcPacketType.endOfSequence:
      return { kind: "video-end" };
    default:
      return fail(`AVCPacketType ${packetType}, expected 0, 1 or 2`, bodyOffset + 1);
  }
}

function splitNalUnits(data: Buffer, offset: number): Uint8Array[] {
  const units: Uint8Array[] = [];
  for (let at = 0; at < data.length; ) {
    const leftBytes = data.length - at - nalLengthBytes;
    const unitBytes = leftBytes < 0 ? 0 : data.readUInt32BE(at);
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
