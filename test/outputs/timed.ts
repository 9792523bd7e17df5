import type { Packet } from "../../src/media/packet.ts";
import type { TimedPacket } from "../../src/outputs/output.ts";
import { audioConfig, picture, sound, videoConfig } from "../media/flv/packets.ts";

const packets: Readonly<Record<string, Packet>> = {
  "video-config": videoConfig,
  "audio-config": audioConfig,
  key: picture([Uint8Array.of(0x65)], true),
  delta: picture([Uint8Array.of(0x41)]),
  audio: sound(Uint8Array.of(0x21)),
};

/** A packet in words: `key@40`. */
export function timed(word: string): TimedPacket {
  const [role = "", timestampMs] = word.split("@");
  const packet = packets[role];
  if (packet === undefined) throw new Error(`no role ${role}`);
  return { packet, timestampMs: Number(timestampMs), capturedMs: null };
}
