import type { VideoFrame } from "../packet.ts";
import { exHeader, exVideoMark, fourccNumber, PacketType } from "./fourcc.ts";

/** FrameType, the high half of VideoTagHeader's first byte (Adobe FLV 10.1, E.4.3.1). */
export const FrameType = { key: 1, inter: 2 } as const;
/** CodecID, its low half; 12 is what CDNs have agreed on. */
export const CodecId = { avc: 7, hevc: 12 } as const;

/** How video tags hold a codec: what stands before the decoder config and before a frame's units. */
export interface VideoForm {
  /** videocodecid of onMetaData. */
  readonly codecId: number;
  readonly sequenceHeader: Uint8Array;
  readonly frameHeader: (frame: VideoFrame) => Uint8Array;
  /** Bytes of the length before each unit, as our decoder configs say; 0 where units tell it themselves. */
  readonly lengthBytes: 4 | 0;
}

/** AVC's (E.4.3.1 and E.4.3.2). */
export const avcForm = classicForm(CodecId.avc);
/** HEVC's as CDNs have it: the same five bytes. */
export const hevcClassicForm = classicForm(CodecId.hevc);
/** HEVC's of Enhanced RTMP. */
export const hevcForm: VideoForm = {
  codecId: fourccNumber("hvc1"),
  sequenceHeader: exVideoHeader("hvc1", true, PacketType.sequenceStart),
  frameHeader: (frame) => {
    const timeMs = compositionTimeMs(frame);
    return timeMs === 0
      ? exVideoHeader("hvc1", frame.isKey, PacketType.codedX)
      : exVideoHeader("hvc1", frame.isKey, PacketType.coded, ...int24(timeMs));
  },
  lengthBytes: 4,
};
/** AV1's of Enhanced RTMP: without composition time, so that there is no CodedFramesX. */
export const av1Form: VideoForm = {
  codecId: fourccNumber("av01"),
  sequenceHeader: exVideoHeader("av01", true, PacketType.sequenceStart),
  frameHeader: ({ isKey }) => exVideoHeader("av01", isKey, PacketType.coded),
  lengthBytes: 0,
};

function classicForm(codecId: number): VideoForm {
  const header = (isKey: boolean, packetType: number, timeMs: number) =>
    Uint8Array.of((frameType(isKey) << 4) | codecId, packetType, ...int24(timeMs));
  return {
    codecId,
    sequenceHeader: header(true, PacketType.sequenceStart, 0),
    frameHeader: (frame) => header(frame.isKey, PacketType.coded, compositionTimeMs(frame)),
    lengthBytes: 4,
  };
}

function exVideoHeader(
  fourcc: string,
  isKey: boolean,
  packetType: number,
  ...compositionTime: readonly number[]
): Uint8Array {
  return exHeader(exVideoMark | (frameType(isKey) << 4) | packetType, fourcc, ...compositionTime);
}

function frameType(isKey: boolean): number {
  return isKey ? FrameType.key : FrameType.inter;
}

function compositionTimeMs({ decodeTimeUs, presentationTimeUs }: VideoFrame): number {
  return Math.round((presentationTimeUs - decodeTimeUs) / 1000);
}

/** SI24: `Uint8Array.of` cuts each number to its low byte. */
function int24(value: number): readonly number[] {
  return [value >> 16, value >> 8, value];
}
