import { CorruptInputError } from "../corrupt-input.ts";

/** What an OpusHead tells of a decoder (RFC 7845, 5.1). */
export interface OpusHead {
  readonly channels: number;
  /** 0: one stream, mono or stereo. */
  readonly mappingFamily: number;
}

const MAGIC = "OpusHead";
const FIXED_BYTES = 19;

export function parseOpusHead(bytes: Uint8Array): OpusHead {
  const magic = String.fromCharCode(...bytes.subarray(0, MAGIC.length));
  if (magic !== MAGIC || bytes.length < FIXED_BYTES)
    throw new CorruptInputError(`OpusHead: expected ${FIXED_BYTES} bytes or more that begin with "OpusHead"`);
  const [version = 0, channels = 0] = bytes.subarray(MAGIC.length);
  if (version > 0xf) throw new CorruptInputError(`OpusHead: expected version 1, got ${version}`);
  if (channels === 0) throw new CorruptInputError("OpusHead: expected channels, got 0");
  return { channels, mappingFamily: bytes[FIXED_BYTES - 1] ?? 0 };
}

/** Of RTP, which has none: two channels whatever is in the packets, and nothing to skip (RFC 7587, 7). */
export const RTP_HEAD: Uint8Array = Uint8Array.of(
  ...Array.from(MAGIC, (letter) => letter.charCodeAt(0)),
  1, // version
  2, // channels
  ...[0, 0], // pre-skip
  ...[0x80, 0xbb, 0, 0], // input sample rate: 48000
  ...[0, 0], // output gain
  0, // channel mapping family
);
