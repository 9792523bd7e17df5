import type { Faults } from "./faults.ts";
import { placeOf, type TagUnit } from "./unit.ts";
import { skipModEx } from "./video-message.ts";

export type AudioCodec = "aac" | "mp3" | "other";

/** What the body of an audio tag says, of FLV 10.1 (E.4.2) or Enhanced RTMP; the bytes are views into it. */
export type AudioMessage =
  | { readonly kind: "config"; readonly codec: AudioCodec; readonly codecId: CodecId; readonly data: Buffer }
  | { readonly kind: "frame"; readonly codec: AudioCodec; readonly codecId: CodecId; readonly data: Buffer };

/** SoundFormat, or the FourCC. */
export type CodecId = number | string;

/** SoundFormat (E.4.2.1). */
const SoundFormat = { mp3: 2, exHeader: 9, aac: 10, mp3At8k: 14 } as const;
const OLD_FORMATS: Readonly<Record<number, string>> = {
  0: "PCM",
  1: "ADPCM",
  3: "PCM, little endian",
  4: "Nellymoser 16 kHz",
  5: "Nellymoser 8 kHz",
  6: "Nellymoser",
  7: "G.711 A-law",
  8: "G.711 mu-law",
  11: "Speex",
  15: "device-specific",
};
/** SoundRate 3, SoundSize 1, SoundType 1. */
const AAC_FIELDS = 0b1111;

/** Reads an audio tag; null for what holds no sound and no settings, or cannot be understood. */
export function readAudio(tag: TagUnit, faults: Faults): AudioMessage | null {
  const { body } = tag;
  const codecId = body.readUInt8(0) >> 4;
  switch (codecId) {
    case SoundFormat.exHeader:
      return readExAudio(tag, faults);
    case SoundFormat.aac:
      return readAac(tag, faults);
    case SoundFormat.mp3:
    case SoundFormat.mp3At8k:
      return { kind: "frame", codec: "mp3", codecId, data: body.subarray(1) };
    default:
      return readOther(tag, codecId, faults);
  }
}

function readAac(tag: TagUnit, faults: Faults): AudioMessage | null {
  const { body } = tag;
  const fields = body.readUInt8(0) & 0xf;
  const codecId = SoundFormat.aac;
  if (fields !== AAC_FIELDS)
    faults.report("aac-sound-fields", `0x${(body[0] ?? 0).toString(16)}, expected 0xaf`, placeOf(tag));
  switch (body[1]) {
    case 0:
      return { kind: "config", codec: "aac", codecId, data: body.subarray(2) };
    case 1:
    case undefined:
      return { kind: "frame", codec: "aac", codecId, data: body.subarray(2) };
    default:
      faults.report("aac-packet-type", `${body[1]}, expected 0 or 1`, placeOf(tag));
      return null;
  }
}

function readOther(tag: TagUnit, codecId: number, faults: Faults): AudioMessage {
  const name = OLD_FORMATS[codecId];
  if (name === undefined) faults.report("audio-codec-unknown", `SoundFormat ${codecId}`, placeOf(tag));
  else faults.report("audio-codec-old", `SoundFormat ${codecId}, ${name}`, placeOf(tag));
  return { kind: "frame", codec: "other", codecId, data: tag.body.subarray(1) };
}

/** AudioPacketType of Enhanced RTMP v2. */
const ExType = {
  sequenceStart: 0,
  codedFrames: 1,
  sequenceEnd: 2,
  multichannelConfig: 4,
  multitrack: 5,
  modEx: 7,
} as const;
const EX_CODECS: Readonly<Record<string, AudioCodec>> = {
  mp4a: "aac",
  ".mp3": "mp3",
  Opus: "other",
  fLaC: "other",
  "ac-3": "other",
  "ec-3": "other",
};
const knownTypes: readonly number[] = Object.values(ExType);

/** ExAudioTagHeader; what has several tracks is understood as such, and not taken apart. */
function readExAudio(tag: TagUnit, faults: Faults): AudioMessage | null {
  const { body } = tag;
  faults.report("enhanced-rtmp", "an audio tag with ExHeader", placeOf(tag));
  const start = skipModEx(body);
  if (start === null || !knownTypes.includes(start.packetType)) {
    const detail = start === null ? "modifiers that are cut short" : `${start.packetType}`;
    faults.report("audio-ex-packet-type", detail, placeOf(tag));
    return null;
  }
  if (start.packetType === ExType.multitrack) return null;
  const codecId = body.toString("latin1", start.at, start.at + 4);
  const codec = EX_CODECS[codecId];
  if (codec === undefined) {
    faults.report("audio-fourcc-unknown", JSON.stringify(codecId), placeOf(tag));
    return null;
  }
  const data = body.subarray(start.at + 4);
  if (start.packetType === ExType.sequenceStart) return { kind: "config", codec, codecId, data };
  return start.packetType === ExType.codedFrames ? { kind: "frame", codec, codecId, data } : null;
}
