import type { AudioFrame, Tracks, VideoFrame } from "./packet.ts";

/** A frame's place in the channel. */
export interface Place {
  /** Milliseconds from the channel's epoch. */
  readonly timestampMs: number;
  /** The first frame of a new epoch: the time before it is over, and every viewer has to begin anew. */
  readonly startsEpoch: boolean;
}

/**
 * Players count FLV time in 31 bits, and mpegts.js freezes for ever when they are used up (24 days 20 h). So after
 * 24 days the next key frame starts a new epoch at zero.
 */
const EPOCH_LIMIT_MS = 24 * 24 * 3600 * 1000;

/** Audio this far from where the count of its frames puts it has really jumped; less is a container's rounding. */
const AUDIO_JUMP_US = 10_000;

/** Sound that steps back by less than this overlaps what is there, as at the seam of a looped file; more is a new start. */
const MAX_OVERLAP_US = 1_000_000;

/**
 * The only room that decides time: it turns common time (microseconds, any origin) into the channel's timestamps.
 * Zero is the first key frame, in a channel without video the first audio frame; what is older has no place. On each
 * track timestamps only grow.
 */
export class Timeline {
  readonly #tracks: Tracks;
  readonly #epochLimitMs: number;
  readonly #audio = new AudioCount();
  #zeroUs: number | null = null;
  #lastVideoMs = -1;
  #lastAudioMs = -1;

  constructor(tracks: Tracks, epochLimitMs: number = EPOCH_LIMIT_MS) {
    this.#tracks = tracks;
    this.#epochLimitMs = epochLimitMs;
  }

  /** Null: the frame is older than the channel, or its moment has a sound already. An AAC frame lasts `audioFrameUs`. */
  place(frame: VideoFrame | AudioFrame, audioFrameUs: number): Place | null {
    const timeUs = frame.kind === "audio-frame" ? this.#audio.snap(frame.timeUs, audioFrameUs) : frame.timeUs;
    if (timeUs === null) return null;
    const startsEpoch = this.#startsEpoch(frame, timeUs);
    if (startsEpoch) {
      this.#zeroUs = timeUs;
      this.#lastVideoMs = -1;
      this.#lastAudioMs = -1;
    }
    if (this.#zeroUs === null || timeUs < this.#zeroUs) return null;
    return { timestampMs: this.#growing(frame, Math.round((timeUs - this.#zeroUs) / 1000)), startsEpoch };
  }

  #startsEpoch(frame: VideoFrame | AudioFrame, timeUs: number): boolean {
    const mayStart = frame.kind === "video-frame" ? frame.isKey : !this.#tracks.video;
    return mayStart && (this.#zeroUs === null || timeUs - this.#zeroUs >= this.#epochLimitMs * 1000);
  }

  #growing(frame: VideoFrame | AudioFrame, wantedMs: number): number {
    if (frame.kind === "video-frame") {
      this.#lastVideoMs = Math.max(wantedMs, this.#lastVideoMs + 1);
      return this.#lastVideoMs;
    }
    this.#lastAudioMs = Math.max(wantedMs, this.#lastAudioMs + 1);
    return this.#lastAudioMs;
  }
}

/**
 * Puts AAC frames at exact multiples of their length from the first, computed from their count and never summed from
 * rounded parts: containers round to milliseconds (FLV, Matroska) or 90 kHz (MPEG-TS).
 */
class AudioCount {
  #firstUs: number | null = null;
  #frames = 0;
  #lastUs = Number.NEGATIVE_INFINITY;

  /** Null for a frame whose moment has a sound already. */
  snap(timeUs: number, frameUs: number): number | null {
    const expectedUs = this.#firstUs === null ? timeUs : this.#firstUs + this.#frames * frameUs;
    if (this.#firstUs === null || Math.abs(timeUs - expectedUs) > AUDIO_JUMP_US) {
      this.#firstUs = timeUs;
      this.#frames = 0;
    }
    const snappedUs = this.#firstUs + this.#frames * frameUs;
    this.#frames += 1;
    const overlapUs = this.#lastUs + frameUs / 2 - snappedUs;
    if (overlapUs > 0 && overlapUs < MAX_OVERLAP_US) return null;
    this.#lastUs = snappedUs;
    return snappedUs;
  }
}
