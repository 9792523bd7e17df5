import type { Packet } from "../../../src/media/packet.ts";
import type { StreamInfo, TimedPacket } from "../../../src/outputs/output.ts";
import { bytes } from "../../media/flv/hex.ts";
import { audioConfig, picture, sound, videoConfig } from "../../media/flv/packets.ts";

export const BOTH: StreamInfo = {
  tracks: { video: true, audio: true },
  rates: { framerate: 25 },
  encoderName: "x",
};

/** Of the capture, when the stream's time is 0. */
export const EPOCH_MS = Date.UTC(2026, 10, 29, 14, 4, 58);

/** A frame whose bytes say which one it is. */
export function frame(kind: "key" | "delta" | "audio", number: number): Packet {
  const tail = number.toString(16).padStart(6, "0");
  return kind === "audio"
    ? sound(bytes(`21 ${tail}`))
    : picture([bytes(`${kind === "key" ? "65" : "41"} ${tail}`)], kind === "key");
}

export function timed(packet: Packet, timestampMs: number, capturedMs: number | null = null): TimedPacket {
  return { packet, timestampMs, capturedMs };
}

export const settings: readonly TimedPacket[] = [timed(videoConfig, 0), timed(audioConfig, 0)];

interface Frames {
  readonly fromMs?: number;
  readonly untilMs: number;
  readonly keyEveryMs?: number;
  /** Wall clock less the stream's time. */
  readonly epochMs?: number;
  /** How much later than video sound comes. */
  readonly soundLateMs?: number;
}

/** 25 frames a second, and sound every 20 ms; what comes together is a batch. */
export function* batches({
  fromMs = 0,
  untilMs,
  keyEveryMs = 1000,
  epochMs = EPOCH_MS,
  soundLateMs = 0,
}: Frames): Generator<TimedPacket[]> {
  for (let ms = fromMs; ms < untilMs; ms += 40) {
    const kind = ms % keyEveryMs === 0 ? "key" : "delta";
    const sounds = [ms, ms + 20].map((at) => at - soundLateMs).filter((at) => at >= fromMs);
    yield [
      timed(frame(kind, ms), ms, epochMs + ms),
      ...sounds.map((at) => timed(frame("audio", at), at, epochMs + at)),
    ];
  }
}
