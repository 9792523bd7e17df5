import { CorruptInputError } from "../corrupt-input.ts";

/** The codec's name for browsers and manifests, like `av01.0.04M.08` (AV1 in ISOBMFF, 5), of an av1C. */
export function av1CodecString(av1c: Uint8Array): string {
  if (av1c.length < 4) throw new CorruptInputError(`av1C: expected 4 bytes or more, got ${av1c.length}`);
  const [, profileAndLevel = 0, flags = 0] = av1c;
  const level = String(profileAndLevel & 0x1f).padStart(2, "0");
  const tier = (flags & 0x80) === 0 ? "M" : "H";
  const bitDepth = (flags & 0x40) === 0 ? "08" : (flags & 0x20) === 0 ? "10" : "12";
  return `av01.${profileAndLevel >> 5}.${level}${tier}.${bitDepth}`;
}
