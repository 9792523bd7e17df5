import type { Tracks } from "../packet.ts";
import { headerBytes } from "./layout.ts";

/** The FLV header (Adobe FLV 10.1, E.2) and PreviousTagSize0 (E.3): what every stream begins with. */
export function encodeHeader(tracks: Tracks): Uint8Array {
  const out = Buffer.alloc(headerBytes);
  out.write("FLV", 0, "latin1"); // Signature
  out.writeUInt8(1, 3); // Version
  out.writeUInt8(typeFlags(tracks), 4);
  out.writeUInt32BE(9, 5); // DataOffset
  out.writeUInt32BE(0, 9); // PreviousTagSize0
  return out;
}

/** TypeFlagsReserved 0 (5 bits), TypeFlagsAudio, TypeFlagsReserved 0, TypeFlagsVideo. */
function typeFlags({ audio, video }: Tracks): number {
  return (audio ? 0b100 : 0) | (video ? 0b001 : 0);
}
