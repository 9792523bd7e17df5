import { inMs, inPercent, Judge } from "./faults.ts";
import type { TagUnit } from "./unit.ts";

/** How a stream kept pace with the clock; null where that cannot be known. */
export interface Pace {
  /** Media that came at once at the beginning. */
  readonly burstMs: number | null;
  /** Media time in the time that it took, after the beginning: 1 is live. */
  readonly speed: number | null;
  /** It came as it happened, and not as fast as the network goes. */
  readonly isLive: boolean;
}

const BURST_WINDOW_MS = 300;
const MAX_BURST_MS = 10_000;
/** What comes right after the beginning still belongs to it. */
const SETTLED_MS = 2000;
/** Between the two moments by which the speed is told. */
const MIN_WATCHED_MS = 2500;
const MAX_OFF = 0.05;
const MIN_OFF_MS = 300;
const LIVE_SPEED = 4;
const MIN_LIVE_MS = 1000;

/** Where media time has stepped, its speed says nothing. */
const STEPS = [
  ...(["timestamp-backwards", "timestamp-jump", "timestamp-24-bit-wrap"] as const),
  ...(["timestamp-negative", "video-gap", "audio-gap"] as const),
];

interface Speed {
  /** Media time in time. */
  readonly ratio: number;
  /** How much it came too late or too early by, in all. */
  readonly offMs: number;
}

interface Sample {
  readonly arrivalMs: number;
  readonly timestampMs: number;
}

/** Holds the timestamps of one track against their arrival. */
export class PaceJudge extends Judge {
  #first: Sample | null = null;
  #last: Sample | null = null;
  #burst: Sample | null = null;
  /** The earliest of each second, by how much it came before its time. */
  #seconds: Sample[] = [];

  push(tag: TagUnit): void {
    const { arrivalMs, timestampMs } = tag;
    if (arrivalMs === null || timestampMs < 0) return;
    const sample = { arrivalMs, timestampMs };
    this.#first ??= sample;
    if (arrivalMs - this.#first.arrivalMs <= BURST_WINDOW_MS) this.#burst = sample;
    this.#last = sample;
    this.#keep(sample, Math.floor((arrivalMs - this.#first.arrivalMs) / 1000));
  }

  end(): Pace {
    const [first, burst, last] = [this.#first, this.#burst, this.#last];
    if (first === null || burst === null || last === null)
      return { burstMs: null, speed: null, isLive: false };
    const watchedMs = last.arrivalMs - burst.arrivalMs;
    const isLive = watchedMs >= MIN_LIVE_MS && last.timestampMs - burst.timestampMs < LIVE_SPEED * watchedMs;
    const burstMs = Math.max(0, burst.timestampMs - first.timestampMs);
    const speed = this.faults.has(...STEPS) ? null : this.#speed();
    if (isLive) this.#judgePace(burstMs, speed);
    return { burstMs, speed: speed?.ratio ?? null, isLive };
  }

  #judgePace(burstMs: number, speed: Speed | null): void {
    if (burstMs > MAX_BURST_MS) this.report("burst-long", `${burstMs} ms at once`, null, inMs(burstMs));
    if (speed === null || Math.abs(speed.ratio - 1) <= MAX_OFF || speed.offMs <= MIN_OFF_MS) return;
    const { ratio } = speed;
    const detail = `${ratio.toFixed(2)} s of media per second`;
    const off = inPercent(Math.round((ratio - 1) * 100));
    this.report(ratio < 1 ? "pace-slow" : "pace-fast", detail, null, off);
  }

  #keep(sample: Sample, second: number): void {
    const known = this.#seconds[second];
    if (known === undefined || leadMs(sample) > leadMs(known)) this.#seconds[second] = sample;
  }

  /** By what came earliest in the first and in the last third, so that jitter does not count. */
  #speed(): Speed | null {
    const samples = Object.values(this.#seconds).slice(SETTLED_MS / 1000);
    const third = Math.floor(samples.length / 3);
    if (third === 0) return null;
    const a = earliest(samples.slice(0, third));
    const b = earliest(samples.slice(-third));
    const watchedMs = b.arrivalMs - a.arrivalMs;
    if (watchedMs < MIN_WATCHED_MS) return null;
    const mediaMs = b.timestampMs - a.timestampMs;
    return { ratio: mediaMs / watchedMs, offMs: Math.abs(mediaMs - watchedMs) };
  }
}

/** How far media time is ahead of the clock. */
function leadMs({ arrivalMs, timestampMs }: Sample): number {
  return timestampMs - arrivalMs;
}

/** Of one or more. */
function earliest(samples: readonly Sample[]): Sample {
  return samples.reduce((best, one) => (leadMs(one) > leadMs(best) ? one : best));
}
