import { CorruptInputError } from "../corrupt-input.ts";
import type { AudioCodec, AudioFrame } from "../packet.ts";

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

/** How a codec's tags are known by their first byte, and read. */
interface AudioReader {
  readonly expected: string;
  readonly reads: (sound: number) => boolean;
  readonly read: (body: Uint8Array, bodyOffset: number) => AudioBody;
}

const readers: Readonly<Record<AudioCodec, AudioReader>> = {
  aac: { expected: "0xaf (AAC)", reads: (sound) => sound === aacSound, read: readAac },
};

/** Reads the body of an audio tag; throws CorruptInputError for a codec that is not ours. */
export function parseAudioBody(body: Uint8Array, bodyOffset = 0): AudioBody {
  if (body.length <= audioHeaderBytes)
    fail(`an audio tag of ${body.length} bytes, expected 3 or more`, bodyOffset);
  const [sound = 0] = body;
  const known = Object.values(readers);
  const reader = known.find(({ reads }) => reads(sound));
  if (reader !== undefined) return reader.read(body, bodyOffset);
  const expected = known.map((each) => each.expected).join(", ");
  return fail(`sound 0x${sound.toString(16)}, expected ${expected}`, bodyOffset);
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
      return fail(`AACPacketType ${packetType}, expected 0 or 1`, bodyOffset + 1);
  }
}

function fail(what: string, offset: number): never {
  throw new CorruptInputError(`FLV: ${what} at offset ${offset}`);
}
