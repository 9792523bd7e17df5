import { readMp3Header } from "../mp3/frame.ts";
import type { AudioCodec } from "../packet.ts";
import { aacSound, aLawSound, muLawSound, SoundFormat } from "./audio-form.ts";
import { type BodyReader, corrupt, readBody } from "./body-reader.ts";
import { exHeaderBytes, exSoundFormat, fourccOf, PacketType } from "./fourcc.ts";

const aacHeaderBytes = 2;
const plainHeaderBytes = 1;

/** An audio track's settings, as its sequence header tells them, or without one each frame. */
export interface AudioSettings {
  readonly kind: "audio-config";
  readonly codec: AudioCodec;
  /** Empty for a codec that has none. */
  readonly decoderConfig: Uint8Array;
  /** What the frames of such a codec say. */
  readonly sampleRateHz?: number;
  readonly channels?: number;
}

/** What the body of an audio tag says; the bytes are views into it. */
export type AudioBody =
  | AudioSettings
  /** `settings`: of a codec that has no sequence header. */
  | { readonly kind: "audio-frame"; readonly data: Uint8Array; readonly settings?: AudioSettings };

const readers: Readonly<Record<AudioCodec, BodyReader<AudioBody>>> = {
  aac: { expected: "0xaf (AAC)", reads: ([sound]) => sound === aacSound, read: readAac },
  opus: {
    expected: "Opus",
    reads: (body) => (body[0] ?? 0) >> 4 === exSoundFormat && fourccOf(body) === "Opus",
    read: readOpus,
  },
  mp3: { expected: "2 (MP3)", reads: ([sound = 0]) => sound >> 4 === SoundFormat.mp3, read: readMp3 },
  pcm_alaw: {
    expected: "0x72 (A-law)",
    reads: ([sound]) => sound === aLawSound,
    read: (body) => readG711("pcm_alaw", body),
  },
  pcm_mulaw: {
    expected: "0x82 (µ-law)",
    reads: ([sound]) => sound === muLawSound,
    read: (body) => readG711("pcm_mulaw", body),
  },
};

/** Reads the body of an audio tag; throws CorruptInputError for a codec that is not ours. */
export function parseAudioBody(body: Uint8Array, bodyOffset = 0): AudioBody {
  if (body.length <= aacHeaderBytes)
    corrupt(`an audio tag of ${body.length} bytes, expected 3 or more`, bodyOffset);
  return readBody(readers, body, bodyOffset, (sound) =>
    sound >> 4 === exSoundFormat ? `FourCC ${fourccOf(body)}` : `sound 0x${sound.toString(16)}`,
  );
}

function readAac(body: Uint8Array, bodyOffset: number): AudioBody {
  const [, packetType = 0] = body;
  const data = body.subarray(aacHeaderBytes);
  switch (packetType) {
    case PacketType.sequenceStart:
      return { kind: "audio-config", codec: "aac", decoderConfig: data };
    case PacketType.coded:
      return { kind: "audio-frame", data };
    default:
      return corrupt(`AACPacketType ${packetType}, expected 0 or 1`, bodyOffset + 1);
  }
}

function readOpus(body: Uint8Array, bodyOffset: number): AudioBody {
  const packetType = (body[0] ?? 0) & 0xf;
  const data = body.subarray(exHeaderBytes);
  switch (packetType) {
    case PacketType.sequenceStart:
      return { kind: "audio-config", codec: "opus", decoderConfig: data };
    case PacketType.coded:
      return { kind: "audio-frame", data };
    default:
      return corrupt(`AudioPacketType ${packetType}, expected 0 or 1`, bodyOffset);
  }
}

function readMp3(body: Uint8Array, bodyOffset: number): AudioBody {
  const data = body.subarray(plainHeaderBytes);
  const header = readMp3Header(data);
  if (header === null) return corrupt("an MP3 frame without its header", bodyOffset + plainHeaderBytes);
  return { kind: "audio-frame", data, settings: settingsOf("mp3", header.sampleRateHz, header.channels) };
}

function readG711(codec: AudioCodec, body: Uint8Array): AudioBody {
  const data = body.subarray(plainHeaderBytes);
  return { kind: "audio-frame", data, settings: settingsOf(codec, 8000, 1) };
}

function settingsOf(codec: AudioCodec, sampleRateHz: number, channels: number): AudioSettings {
  return { kind: "audio-config", codec, decoderConfig: new Uint8Array(0), sampleRateHz, channels };
}
