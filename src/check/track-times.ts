import type { TrackName } from "../media/packet.ts";
import type { FaultId } from "./catalogue.ts";
import { type Faults, inMs, Judge } from "./faults.ts";
import { WRAP_MS } from "./tag-judge.ts";
import { placeOf, type TagUnit } from "./unit.ts";

const JUMP_MS = 60_000;
/** How much shorter than the average a track's usual distance is, before a gap is one. */
const GAP_FACTOR = 4;
/** Pictures of a screen come when it changes, and cameras slow down in the dark: less than this is no gap. */
const MIN_GAP_MS = { video: 2000, audio: 150 } as const;
/** A gap is known by what is usual, and that by so many frames. */
const USUAL_FRAMES = 5;

/** Judges the timestamps of one track's frames; sequence headers have no time of their own. */
export class TrackTimes extends Judge {
  readonly #name: TrackName;
  #firstMs: number | null = null;
  #firstShownMs: number | null = null;
  #lastMs: number | null = null;
  #frames = 0;
  /** Sum of the distances that are no gap, and how many they are. */
  #steadyMs = 0;
  #steadySteps = 0;
  #isBroken = false;

  constructor(name: TrackName, faults: Faults) {
    super(faults);
    this.#name = name;
  }

  get firstMs(): number | null {
    return this.#firstMs;
  }

  /** When the first frame is to be shown or heard: decoded ahead of that, where there are B-frames. */
  get firstShownMs(): number | null {
    return this.#firstShownMs;
  }

  get lastMs(): number | null {
    return this.#lastMs;
  }

  get frames(): number {
    return this.#frames;
  }

  /** Usual distance of two frames; null while it is not known. */
  get stepMs(): number | null {
    return this.#steadySteps < USUAL_FRAMES ? null : this.#steadyMs / this.#steadySteps;
  }

  get isBroken(): boolean {
    return this.#isBroken;
  }

  get spanMs(): number {
    if (this.#firstMs === null || this.#lastMs === null) return 0;
    return this.#lastMs - this.#firstMs + (this.stepMs ?? 0);
  }

  push(tag: TagUnit, compositionTimeMs = 0): void {
    const { timestampMs } = tag;
    if (timestampMs < 0) {
      this.#isBroken = true;
      return;
    }
    this.#frames += 1;
    if (this.#lastMs !== null) this.#judgeStep(timestampMs - this.#lastMs, tag);
    this.#firstMs ??= timestampMs;
    this.#firstShownMs ??= timestampMs + compositionTimeMs;
    this.#lastMs = timestampMs;
  }

  #judgeStep(stepMs: number, tag: TagUnit): void {
    if (stepMs < 0) this.#reportBackwards(stepMs, tag);
    else if (stepMs === 0) this.#reportStep("timestamp-repeated", stepMs, tag);
    else if (stepMs > JUMP_MS) this.#reportJump(stepMs, tag);
    else if (this.#isGap(stepMs)) this.#reportStep(`${this.#name}-gap`, stepMs, tag);
    else {
      this.#steadyMs += stepMs;
      this.#steadySteps += 1;
    }
  }

  #isGap(stepMs: number): boolean {
    return this.stepMs !== null && stepMs > MIN_GAP_MS[this.#name] && stepMs > GAP_FACTOR * this.stepMs;
  }

  /** A fall by 2^24 ms, give or take a minute, is a wrap of the lower 24 bits. */
  #reportBackwards(stepMs: number, tag: TagUnit): void {
    this.#isBroken = true;
    const isWrap = Math.abs(stepMs + WRAP_MS) < JUMP_MS;
    this.#reportStep(isWrap ? "timestamp-24-bit-wrap" : "timestamp-backwards", stepMs, tag);
  }

  #reportJump(stepMs: number, tag: TagUnit): void {
    this.#isBroken = true;
    this.#reportStep("timestamp-jump", stepMs, tag);
  }

  #reportStep(id: FaultId, stepMs: number, tag: TagUnit): void {
    const detail = `${this.#name}: ${tag.timestampMs} ms after ${tag.timestampMs - stepMs} ms`;
    this.report(id, detail, placeOf(tag), inMs(stepMs));
  }
}
