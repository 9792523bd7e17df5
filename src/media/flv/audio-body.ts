import type { AudioCodec, AudioFrame } from "../packet.ts";
import { type BodyReader, corrupt, readBody } from "./body-reader.ts";

/**
 * SoundFormat 10 (AAC), SoundRate 3, SoundSize 1, SoundType 1: always so for AAC, whatever the sound is; its
 * AudioSpecificConfig counts (Adobe FLV 10.1, E.4.2.1).
 */
const aacSound = 0b1010_11_1_1;
const AacPacketType = { sequenceHeader: 0, raw: 1 } as const;
const audioHeaderBytes = 2;

/** How audio tags hold a codec: what stands before the decoder config and before a frame's data. */
export interface AudioForm {
  /** audiocodecid of onMetaData. */
  readonly codecId: number;
  /** null for a codec that has no settings of its own: its frames say all. */
  readonly sequenceHeader: Uint8Array | null;
  readonly frameHeader: (frame: AudioFrame) => Uint8Array;
}

const aacFrameHeader = Uint8Array.of(aacSound, AacPacketType.raw);
export const aacForm: AudioForm = {
  codecId: 10,
  sequenceHeader: Uint8Array.of(aacSound, AacPacketType.sequenceHeader),
  frameHeader: () => aacFrameHeader,
};

/** An audio track's settings, as its sequence header tells them. */
export interface AudioSettings {
  readonly kind: "audio-config";
  readonly codec: AudioCodec;
  readonly decoderConfig: Uint8Array;
}

/** What the body of an audio tag says; the bytes are views into it. */
export type AudioBody = AudioSettings | { readonly kind: "audio-frame"; readonly data: Uint8Array };

const readers: Readonly<Record<AudioCodec, BodyReader<AudioBody>>> = {
  aac: { expected: "0xaf (AAC)", reads: (sound) => sound === aacSound, read: readAac },
};

/** Reads the body of an audio tag; throws CorruptInputError for a codec that is not ours. */
export function parseAudioBody(body: Uint8Array, bodyOffset = 0): AudioBody {
  if (body.length <= audioHeaderBytes)
    corrupt(`an audio tag of ${body.length} bytes, expected 3 or more`, bodyOffset);
  return readBody(readers, body, bodyOffset, (sound) => `sound 0x${sound.toString(16)}`);
}

function readAac(body: Uint8Array, bodyOffset: number): AudioBody {
  const [, packetType = 0] = body;
  const data = body.subarray(audioHeaderBytes);
  switch (packetType) {
    case AacPacketType.sequenceHeader:
      return { kind: "audio-config", codec: "aac", decoderConfig: data };
    case AacPacketType.raw:
      return { kind: "audio-frame", data };
    default:
      return corrupt(`AACPacketType ${packetType}, expected 0 or 1`, bodyOffset + 1);
  }
}
