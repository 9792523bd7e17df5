import { Buffer } from "node:buffer";
import type { AudioCodec, AudioConfig, VideoCodec, VideoConfig } from "../packet.ts";
import { box, fullBox, uint8, uint16, uint32 } from "./box.ts";

/** A sample entry's type and the box of its decoder configuration record (ISO/IEC 14496-15; AV1 in ISOBMFF, 2.2). */
const VIDEO: Readonly<Record<VideoCodec, readonly [entry: string, record: string]>> = {
  h264: ["avc1", "avcC"],
  hevc: ["hvc1", "hvcC"], // the only one of H.265's two that Apple's players take
  av1: ["av01", "av1C"],
};

const DATA_REFERENCE = [...[0, 0, 0, 0, 0, 0], ...[0, 1]]; // reserved, data_reference_index
const INCH_72 = 0x0048_0000;
const compressorBytes = 32;

/** VisualSampleEntry (ISO/IEC 14496-12, 12.1.3). */
export function videoSampleEntry({ codec, decoderConfig, width, height }: VideoConfig): Buffer {
  const [entry, record] = VIDEO[codec];
  return box(
    entry,
    uint8(...DATA_REFERENCE),
    Buffer.alloc(16), // pre_defined, reserved
    uint16(width, height),
    uint32(INCH_72, INCH_72), // horizresolution, vertresolution
    uint32(0), // reserved
    uint16(1), // frame_count
    Buffer.alloc(compressorBytes),
    uint16(24, 0xffff), // depth, pre_defined
    box(record, decoderConfig),
  );
}

const AUDIO: Readonly<
  Record<AudioCodec, { readonly entry: string; readonly boxes: (config: AudioConfig) => readonly Buffer[] }>
> = {
  aac: { entry: "mp4a", boxes: ({ decoderConfig }) => [esds(ObjectType.aac, decoderConfig)] },
  mp3: { entry: "mp4a", boxes: () => [esds(ObjectType.mp3)] },
  opus: { entry: "Opus", boxes: ({ decoderConfig }) => [dOps(decoderConfig)] },
  pcm_alaw: { entry: "alaw", boxes: () => [] },
  pcm_mulaw: { entry: "ulaw", boxes: () => [] },
};

/** Of AAC, 88.2 and 96 kHz are more: as in ffmpeg's files, 0 says that the decoder configuration tells it. */
const MAX_RATE_HZ = 0xffff;

/** AudioSampleEntry (ISO/IEC 14496-12, 12.2.3). */
export function audioSampleEntry(config: AudioConfig): Buffer {
  const { entry, boxes } = AUDIO[config.codec];
  return box(
    entry,
    uint8(...DATA_REFERENCE),
    uint32(0, 0), // reserved
    uint16(config.channels, 16), // channelcount, samplesize
    uint16(0, 0), // pre_defined, reserved
    uint16(config.sampleRateHz > MAX_RATE_HZ ? 0 : config.sampleRateHz, 0), // samplerate, 16.16
    ...boxes(config),
  );
}

/** objectTypeIndication (ISO/IEC 14496-1, table 5): MPEG-4 audio, and MPEG-1 audio, whose lower rates are not copied. */
const ObjectType = { aac: 0x40, mp3: 0x6b } as const;
const Descriptor = { es: 3, decoderConfig: 4, decoderSpecificInfo: 5, syncLayerConfig: 6 } as const;
const AUDIO_STREAM = (5 << 2) | 1; // streamType, upStream 0, reserved 1

/** ESDBox (ISO/IEC 14496-14, 5.6) with an ES_Descriptor (ISO/IEC 14496-1, 7.2.6.5). */
function esds(objectType: number, specificInfo: Uint8Array = new Uint8Array(0)): Buffer {
  const info = specificInfo.length === 0 ? [] : [descriptor(Descriptor.decoderSpecificInfo, specificInfo)];
  const decoderConfig = descriptor(
    Descriptor.decoderConfig,
    uint8(objectType, AUDIO_STREAM, ...[0, 0, 0]), // bufferSizeDB
    uint32(0, 0), // maxBitrate, avgBitrate: not known
    ...info,
  );
  const predefined = descriptor(Descriptor.syncLayerConfig, uint8(2)); // for MP4 files
  return fullBox(
    "esds",
    0,
    0,
    descriptor(Descriptor.es, uint16(0), uint8(0), decoderConfig, predefined), // ES_ID, flags
  );
}

function descriptor(tag: number, ...contents: readonly Uint8Array[]): Buffer {
  const size = contents.reduce((sum, { length }) => sum + length, 0);
  const high = [21, 14, 7].map((shift) => 0x80 | ((size >> shift) & 0x7f)); // expandable size in four bytes
  return Buffer.concat([uint8(tag, ...high, size & 0x7f), ...contents]);
}

/** OpusSpecificBox (Opus in ISOBMFF, 4.3.2): what OpusHead says (RFC 7845, 5.1), big-endian and of version 0. */
function dOps(opusHead: Uint8Array): Buffer {
  const head = Buffer.from(opusHead.buffer, opusHead.byteOffset, opusHead.length);
  return box(
    "dOps",
    uint8(0, head.readUInt8(9)), // Version, OutputChannelCount
    uint16(head.readUInt16LE(10)), // PreSkip
    uint32(head.readUInt32LE(12)), // InputSampleRate
    uint16(head.readUInt16LE(16)), // OutputGain
    head.subarray(18), // ChannelMappingFamily and its table
  );
}
