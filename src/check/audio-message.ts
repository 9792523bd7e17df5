import { aacSound, SoundFormat } from "../media/flv/audio-form.ts";
import { AUDIO_FOURCCS, exSoundFormat, PacketType } from "../media/flv/fourcc.ts";
import type { AudioCodec } from "../media/packet.ts";
import { isSeveralTracks, readExStart } from "./ex-header.ts";
import type { Faults } from "./faults.ts";
import { placeOf, type TagUnit } from "./unit.ts";

/** "other": one that is not looked into. */
export type CheckedAudioCodec = AudioCodec | "other";

/** What the body of an audio tag says, of FLV 10.1 (E.4.2) or Enhanced RTMP; the bytes are views into it. */
export interface AudioMessage {
  readonly kind: "config" | "frame" | "end";
  readonly codec: CheckedAudioCodec;
  readonly codecId: CodecId;
  readonly data: Buffer;
}

/** SoundFormat, or the FourCC. */
export type CodecId = number | string;

/** SoundFormat (E.4.2.1) of what browsers do not play. */
const OLD_FORMATS: Readonly<Record<number, string>> = {
  0: "PCM",
  1: "ADPCM",
  3: "PCM, little endian",
  4: "Nellymoser 16 kHz",
  5: "Nellymoser 8 kHz",
  6: "Nellymoser",
  11: "Speex",
  14: "MP3 8 kHz",
  15: "device-specific",
};
const MP3_8_KHZ = 14;
const CODECS: Readonly<Record<number, AudioCodec>> = {
  [SoundFormat.mp3]: "mp3",
  [SoundFormat.aLaw]: "pcm_alaw",
  [SoundFormat.muLaw]: "pcm_mulaw",
};

/** Reads an audio tag; null for what holds no sound and no settings, or cannot be understood. */
export function readAudio(tag: TagUnit, faults: Faults): AudioMessage | null {
  const codecId = tag.body.readUInt8(0) >> 4;
  if (codecId === exSoundFormat) return readExAudio(tag, faults);
  if (codecId === SoundFormat.aac) return readAac(tag, faults);
  const codec = CODECS[codecId] ?? readOld(tag, codecId, faults);
  return { kind: "frame", codec, codecId, data: tag.body.subarray(1) };
}

function readAac(tag: TagUnit, faults: Faults): AudioMessage | null {
  const { body } = tag;
  const first = body.readUInt8(0);
  const about = { codec: "aac", codecId: SoundFormat.aac, data: body.subarray(2) } as const;
  if (first !== aacSound)
    faults.report("aac-sound-fields", `0x${first.toString(16)}, expected 0xaf`, placeOf(tag));
  switch (body[1]) {
    case PacketType.sequenceStart:
      return { kind: "config", ...about };
    case PacketType.coded:
    case undefined:
      return { kind: "frame", ...about };
    default:
      faults.report("aac-packet-type", `${body[1]}, expected 0 or 1`, placeOf(tag));
      return null;
  }
}

function readOld(tag: TagUnit, codecId: number, faults: Faults): CheckedAudioCodec {
  const name = OLD_FORMATS[codecId];
  if (name === undefined) faults.report("audio-codec-unknown", `SoundFormat ${codecId}`, placeOf(tag));
  else faults.report("audio-codec-old", `SoundFormat ${codecId}, ${name}`, placeOf(tag));
  return codecId === MP3_8_KHZ ? "mp3" : "other";
}

/** AudioPacketType of Enhanced RTMP v2, beyond those of `PacketType`. */
const ExType = { multichannelConfig: 4, multitrack: 5 } as const;
const knownTypes: readonly number[] = [
  ...[PacketType.sequenceStart, PacketType.coded, PacketType.sequenceEnd],
  ...Object.values(ExType),
];
const RARE_FOURCCS: ReadonlySet<string> = new Set(["fLaC", "ac-3", "ec-3"]);
/** What every player takes by its SoundFormat, and nearly none by a FourCC. */
const WITH_SOUND_FORMAT: Readonly<Record<string, number>> = {
  mp4a: SoundFormat.aac,
  ".mp3": SoundFormat.mp3,
};

/** ExAudioTagHeader; what has several tracks is understood as such, and not taken apart. */
function readExAudio(tag: TagUnit, faults: Faults): AudioMessage | null {
  const { body } = tag;
  faults.report("enhanced-rtmp", "an audio tag with ExHeader", placeOf(tag));
  const start = readExStart(tag, faults);
  if (start === null || !knownTypes.includes(start.packetType)) {
    const detail = start === null ? "modifiers that are cut short" : `${start.packetType}`;
    faults.report("audio-ex-packet-type", detail, placeOf(tag));
    return null;
  }
  if (isSeveralTracks(tag, start, ExType.multitrack, faults)) return null;
  const codecId = body.toString("latin1", start.at, start.at + 4);
  const codec = AUDIO_FOURCCS[codecId] ?? (RARE_FOURCCS.has(codecId) ? "other" : undefined);
  if (codec === undefined) {
    faults.report("audio-fourcc-unknown", faults.quoted(codecId), placeOf(tag));
    return null;
  }
  if (start.packetType !== ExType.multichannelConfig) judgeFourCc(tag, codecId, faults);
  return exMessage(tag, start.packetType, { codec, codecId, data: body.subarray(start.at + 4) }, faults);
}

function judgeFourCc(tag: TagUnit, fourCc: string, faults: Faults): void {
  const format = WITH_SOUND_FORMAT[fourCc];
  if (format !== undefined)
    faults.report("audio-fourcc-old-codec", `${fourCc}, expected SoundFormat ${format}`, placeOf(tag));
  if (RARE_FOURCCS.has(fourCc)) faults.report("audio-fourcc-rare", fourCc, placeOf(tag));
}

function exMessage(
  tag: TagUnit,
  packetType: number,
  about: Omit<AudioMessage, "kind">,
  faults: Faults,
): AudioMessage | null {
  switch (packetType) {
    case PacketType.sequenceStart:
      return { kind: "config", ...about };
    case PacketType.coded:
      return { kind: "frame", ...about };
    case PacketType.sequenceEnd:
      return { kind: "end", ...about };
    default:
      faults.report("audio-multichannel-config", `AudioPacketType ${packetType}`, placeOf(tag));
      return null;
  }
}
