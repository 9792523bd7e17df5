/** Decoded sound. */
export interface PcmBlock {
  /** Of its first sample, by the stream's time. */
  readonly timestampMs: number;
  readonly sampleRateHz: number;
  /** The samples of each channel. */
  readonly planes: readonly Float32Array[];
}

/** So much sound is kept ahead at first: what comes late by less is not heard. */
const FIRST_TARGET_MS = 60;
/** Each time it ran dry, so much more, up to a limit. */
const TARGET_STEP_MS = 20;
const MAX_TARGET_MS = 260;
/** After so much sound without running dry, one step less. */
const CALM_MS = 30_000;
/** What is this far beyond the target is left out at once; below, it is played a little faster, which nobody hears. */
const JUMP_MS = 250;
/** Where it has just begun, it has been silent anyway: what was held up comes in one piece, and nearly all is too late. */
const BEGINNING_MS = 1000;
const JUMP_AT_BEGINNING_MS = 70;
const MAX_FASTER = 0.01;
const MAX_SLOWER = 0.005;

/**
 * Sound between the network and the loudspeaker: begins when enough is there, plays a little faster or slower to keep it
 * so, and is silent where it has run dry. Pure: runs in the worklet and in the tests.
 */
export class JitterBuffer {
  readonly #outputRateHz: number;
  readonly #blocks: PcmBlock[] = [];
  /** Where in the first block the next sample is; between two samples, where rates differ. */
  #position = 0;
  #state: "filling" | "playing" = "filling";
  #targetMs = FIRST_TARGET_MS;
  #calmMs = 0;
  /** Since it began, or began again. */
  #playedMs = 0;
  /** What is buffered rises with each block and falls in between: the mean counts. */
  #meanMs = FIRST_TARGET_MS;

  constructor(outputRateHz: number) {
    this.#outputRateHz = outputRateHz;
  }

  get targetMs(): number {
    return this.#targetMs;
  }

  get bufferedMs(): number {
    const [first] = this.#blocks;
    if (first === undefined) return 0;
    const playedMs = (this.#position * 1000) / first.sampleRateHz;
    return this.#blocks.reduce((sum, block) => sum + lengthMs(block), 0) - playedMs;
  }

  push(block: PcmBlock): void {
    this.#blocks.push(block);
    const isBeginning = this.#playedMs < BEGINNING_MS;
    const beyondMs = isBeginning ? JUMP_AT_BEGINNING_MS : JUMP_MS;
    if (this.bufferedMs > this.#targetMs + beyondMs) this.#leaveOut();
  }

  /** Fills the channels; returns the stream's time of their first sample, or null where they are silent. */
  pull(channels: readonly Float32Array[]): number | null {
    const count = channels[0]?.length ?? 0;
    if (this.#state === "filling" && this.bufferedMs >= this.#targetMs) this.#begin();
    if (this.#state === "filling") return silence(channels);
    const timeMs = this.#timeMs();
    const step =
      (this.#speed((count * 1000) / this.#outputRateHz) * rateHz(this.#blocks)) / this.#outputRateHz;
    for (let written = 0; written < count; ) {
      const [first, second] = this.#blocks;
      if (first === undefined) return this.#underrun(channels, written, timeMs);
      written += this.#writeFrom(first, second, channels, written, step);
    }
    return timeMs;
  }

  #begin(): void {
    this.#state = "playing";
    this.#meanMs = this.#targetMs;
  }

  #timeMs(): number | null {
    const [first] = this.#blocks;
    return first === undefined ? null : first.timestampMs + (this.#position * 1000) / first.sampleRateHz;
  }

  /** 1 where as much is buffered as should be. */
  #speed(spanMs: number): number {
    this.#meanMs += (this.bufferedMs - this.#meanMs) * 0.01;
    this.#playedMs += spanMs;
    this.#calmMs += spanMs;
    if (this.#calmMs > CALM_MS && this.#targetMs > FIRST_TARGET_MS) {
      this.#calmMs = 0;
      this.#targetMs -= TARGET_STEP_MS;
    }
    const beyond = (this.#meanMs - this.#targetMs) / 5000;
    return 1 + Math.max(-MAX_SLOWER, Math.min(MAX_FASTER, beyond));
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
    this.#calmMs = 0;
    this.#playedMs = 0;
    this.#targetMs = Math.min(this.#targetMs + TARGET_STEP_MS, MAX_TARGET_MS);
    return timeMs;
  }

  /** From the oldest on, down to the target. */
  #leaveOut(): void {
    for (let [first] = this.#blocks; first !== undefined; [first] = this.#blocks) {
      if (this.bufferedMs - lengthMs(first) < this.#targetMs) break;
      this.#blocks.shift();
      this.#position = 0;
    }
    this.#meanMs = this.#targetMs;
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

function rateHz(blocks: readonly PcmBlock[]): number {
  return blocks[0]?.sampleRateHz ?? 0;
}

function lengthMs({ planes, sampleRateHz }: PcmBlock): number {
  return ((planes[0]?.length ?? 0) * 1000) / sampleRateHz;
}

/** A mono sound is heard from every loudspeaker. */
function planeOf({ planes }: PcmBlock, channel: number): Float32Array {
  return planes[channel] ?? planes[0] ?? new Float32Array(0);
}

function silence(channels: readonly Float32Array[]): null {
  for (const channel of channels) channel.fill(0);
  return null;
}
