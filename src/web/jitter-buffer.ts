import { PlayoutPace } from "./playout-pace.ts";

export interface PcmBlock {
  /** Of its first sample, by the stream's time. */
  readonly timestampMs: number;
  readonly sampleRateHz: number;
  /** The samples of each channel. */
  readonly planes: readonly Float32Array[];
}

/** No output takes more at once; what seems to be more is a clock that was set, or an output that stood still. */
const MAX_PULL_MS = 100;

/**
 * Sound between the network and the loudspeaker: begins when enough is there, plays a little faster or slower as
 * `PlayoutPace` says, and is silent where it has run dry. Pure: runs in the worklet and in the tests.
 */
export class JitterBuffer {
  readonly #outputRateHz: number;
  readonly #blocks: PcmBlock[] = [];
  /** Where in the first block the next sample is; between two samples, where rates differ. */
  #position = 0;
  #state: "filling" | "playing" = "filling";
  readonly #pace = new PlayoutPace();
  #pulledAtMs = 0;

  constructor(outputRateHz: number) {
    this.#outputRateHz = outputRateHz;
  }

  get bufferedMs(): number {
    const [first] = this.#blocks;
    if (first === undefined) return 0;
    const playedMs = (this.#position * 1000) / first.sampleRateHz;
    return this.#blocks.reduce((sum, block) => sum + lengthMs(block), 0) - playedMs;
  }

  /**
   * `nowMs`: by any clock that `pull` is told, too. An output takes some ten milliseconds at once; what of them has been
   * played since is taken off what is left, or it would depend on the moment at which one asks.
   */
  push(block: PcmBlock, nowMs: number): void {
    const sincePullMs = Math.max(0, Math.min(nowMs - this.#pulledAtMs, MAX_PULL_MS));
    this.#pace.arrived(this.bufferedMs - sincePullMs);
    this.#blocks.push(block);
    if (this.#pace.isTooMuch(this.bufferedMs)) this.#leaveOut();
  }

  /** Fills the channels; returns the stream's time of their first sample, or null where they are silent. */
  pull(channels: readonly Float32Array[], nowMs: number): number | null {
    this.#pulledAtMs = nowMs;
    const count = channels[0]?.length ?? 0;
    const spanMs = (count * 1000) / this.#outputRateHz;
    if (this.#state === "filling" && this.#pace.mayBegin(this.bufferedMs)) this.#state = "playing";
    if (this.#state === "filling") return this.#silence(channels, spanMs);
    const timeMs = this.#timeMs();
    const step = (this.#pace.speed(spanMs) * (this.#blocks[0]?.sampleRateHz ?? 0)) / this.#outputRateHz;
    for (let written = 0; written < count; ) {
      const [first, second] = this.#blocks;
      if (first === undefined) return this.#underrun(channels, written, timeMs);
      written += this.#writeFrom(first, second, channels, written, step);
    }
    return timeMs;
  }

  #timeMs(): number | null {
    const [first] = this.#blocks;
    return first === undefined ? null : first.timestampMs + (this.#position * 1000) / first.sampleRateHz;
  }

  /** Writes what the first block has, between its samples where the rates differ; returns how many were written. */
  #writeFrom(
    first: PcmBlock,
    second: PcmBlock | undefined,
    channels: readonly Float32Array[],
    from: number,
    step: number,
  ): number {
    const samples = first.planes[0]?.length ?? 0;
    const left = Math.ceil((samples - this.#position) / step);
    const count = Math.min(left, (channels[0]?.length ?? 0) - from);
    for (let number = 0; number < channels.length; number++) {
      const channel = channels[number];
      const next = second === undefined ? 0 : (planeOf(second, number)[0] ?? 0);
      if (channel !== undefined)
        interpolate(planeOf(first, number), next, this.#position, step, channel, from, count);
    }
    this.#position += count * step;
    if (this.#position >= samples) {
      this.#position -= samples;
      this.#blocks.shift();
    }
    return count;
  }

  #underrun(channels: readonly Float32Array[], from: number, timeMs: number | null): number | null {
    for (const channel of channels) channel.fill(0, from);
    this.#state = "filling";
    this.#position = 0;
    return timeMs;
  }

  #silence(channels: readonly Float32Array[], spanMs: number): null {
    for (const channel of channels) channel.fill(0);
    this.#pace.silent(spanMs);
    return null;
  }

  /** From the oldest on, down to what is enough. */
  #leaveOut(): void {
    for (let [first] = this.#blocks; first !== undefined; [first] = this.#blocks) {
      if (this.bufferedMs - lengthMs(first) < this.#pace.enoughMs) break;
      this.#blocks.shift();
      this.#position = 0;
    }
    this.#pace.forget();
  }
}

/** Runs for every sample, in the thread of the sound: allocates nothing. */
function interpolate(
  plane: Float32Array,
  next: number,
  position: number,
  step: number,
  channel: Float32Array,
  from: number,
  count: number,
): void {
  for (let index = 0; index < count; index++) {
    const exact = position + index * step;
    const at = Math.floor(exact);
    const here = plane[at] ?? 0;
    const after = at + 1 < plane.length ? (plane[at + 1] ?? 0) : next;
    channel[from + index] = here + (after - here) * (exact - at);
  }
}

function lengthMs({ planes, sampleRateHz }: PcmBlock): number {
  return ((planes[0]?.length ?? 0) * 1000) / sampleRateHz;
}

/** A mono sound is heard from every loudspeaker. */
function planeOf({ planes }: PcmBlock, channel: number): Float32Array {
  return planes[channel] ?? planes[0] ?? new Float32Array(0);
}
