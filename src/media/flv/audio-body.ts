import { CorruptInputError } from "../corrupt-input.ts";

/**
 * SoundFormat 10 (AAC), SoundRate 3, SoundSize 1, SoundType 1: always so for AAC, whatever the sound is; its
 * AudioSpecificConfig counts (Adobe FLV 10.1, E.4.2.1).
 */
export const aacSound = 0b1010_11_1_1;
export const AacPacketType = { sequenceHeader: 0, raw: 1 } as const;
export const audioHeaderBytes = 2;

/** What the body of an audio tag says; the bytes are views into it. */
export type AudioBody =
  | { readonly kind: "audio-config"; readonly audioSpecificConfig: Uint8Array }
  | { readonly kind: "audio-frame"; readonly data: Uint8Array };

/** Reads the body of an audio tag; throws CorruptInputError for anything but AAC. */
export function parseAudioBody(body: Uint8Array, bodyOffset = 0): AudioBody {
  const [sound = 0, packetType = 0] = body;
  const data = body.subarray(audioHeaderBytes);
  if (data.length === 0) fail(`an audio tag of ${body.length} bytes, expected 3 or more`, bodyOffset);
  if (sound !== aacSound) fail(`sound 0x${sound.toString(16)}, expected 0xaf (AAC)`, bodyOffset);
  switch (packetType) {
    case AacPacketType.sequenceHeader:
      return { kind: "audio-config", audioSpecificConfig: data };
    case AacPacketType.raw:
      return { kind: "audio-frame", data };
    default:
      return fail(`AACPacketType ${packetType}, expected 0 or 1`, bodyOffset + 1);
  }
}

function fail(what: string, offset: number): never {
  throw new CorruptInputError(`FLV: ${what} at offset ${offset}`);
}
