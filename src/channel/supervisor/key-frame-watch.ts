import type { Packet, VideoFrame } from "../../media/packet.ts";

export interface LateKeyFramesSeen {
  readonly intervalMs: number;
  readonly fps: number;
}

export interface Lateness {
  readonly allowedS: number;
  /** Late for so long, it is no passing thing. */
  readonly patienceS: number;
}

/** An encoder is told how far apart they are to be: a single late one has a reason, and a new process is an interruption. */
export const encoderLateness = (gopSeconds: number): Lateness => ({
  allowedS: 2 * gopSeconds,
  patienceS: 30,
});

/** A camera's own H.264 that does not keep them close enough is encoded: soon, while few watch, and not for one that was lost. */
export const cameraLateness = (gopSeconds: number): Lateness => ({
  allowedS: 2.5 * gopSeconds,
  patienceS: 5 * gopSeconds,
});

/** What goes out as it comes: nothing can be done about it here, but it is said. */
export const copiedLateness: Lateness = { allowedS: 10, patienceS: 0 };

/**
 * Tells when the key frames of one process come late for as long as `lateness` says, and again each time that they do. Time is
 * that of the frames. Of each GOP the longest pause is left out: it may be a stall, and the encoder had no frame to make a key frame of.
 */
export class KeyFrameWatch {
  readonly #allowedUs: number;
  readonly #patienceUs: number;
  readonly #onLate: (seen: LateKeyFramesSeen) => void;
  #lastUs: number | null = null;
  #gop = new GopLength();
  /** The GOPs before, as far as all of them were late. */
  #late = { durationUs: 0, frames: 0, longestUs: 0 };

  constructor({ allowedS, patienceS }: Lateness, onLate: (seen: LateKeyFramesSeen) => void) {
    this.#allowedUs = allowedS * 1e6;
    this.#patienceUs = patienceS * 1e6;
    this.#onLate = onLate;
  }

  see(packets: readonly Packet[]): void {
    for (const packet of packets) if (packet.kind === "video-frame") this.#see(packet);
  }

  #see({ decodeTimeUs, isKey }: VideoFrame): void {
    const stepUs = decodeTimeUs - (this.#lastUs ?? decodeTimeUs);
    this.#lastUs = decodeTimeUs;
    if (stepUs <= 0) return this.#begin(); // the first one, or its clock was set
    this.#gop.add(stepUs);
    const isLate = this.#gop.durationUs > this.#allowedUs;
    const lateUs = this.#late.durationUs + this.#gop.durationUs - this.#allowedUs;
    if (isLate && lateUs >= this.#patienceUs) this.#tell();
    else if (isKey && isLate) this.#endLateGop();
    else if (isKey) this.#begin();
  }

  #begin(): void {
    this.#gop = new GopLength();
    this.#late = { durationUs: 0, frames: 0, longestUs: 0 };
  }

  #endLateGop(): void {
    const { durationUs, frames, longestUs } = this.#late;
    this.#late = {
      durationUs: durationUs + this.#gop.durationUs,
      frames: frames + this.#gop.frames,
      longestUs: Math.max(longestUs, this.#gop.durationUs),
    };
    this.#gop = new GopLength();
  }

  #tell(): void {
    this.#endLateGop();
    const { durationUs, frames, longestUs } = this.#late;
    this.#begin();
    this.#onLate({ intervalMs: Math.round(longestUs / 1000), fps: (frames * 1e6) / durationUs });
  }
}

/** A GOP so far, as if its longest pause were as long as the others are on average. */
class GopLength {
  frames = 0;
  #sumUs = 0;
  #longestUs = 0;

  add(stepUs: number): void {
    this.frames += 1;
    this.#sumUs += stepUs;
    this.#longestUs = Math.max(this.#longestUs, stepUs);
  }

  /** Zero for a key frame that the next follows at once. */
  get durationUs(): number {
    return ((this.#sumUs - this.#longestUs) * this.frames) / Math.max(this.frames - 1, 1);
  }
}
