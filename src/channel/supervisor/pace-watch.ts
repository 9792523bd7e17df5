import type { Packet } from "../../media/packet.ts";

/** Looks are so far apart at least, and have so many frames: a machine that is busy for a moment still sends one in time. */
const LOOK_US = 3e6;
const LOOK_FRAMES = 5;
/** Behind at every look for so long, it is no passing thing. */
const PATIENCE_US = 15e6;
/** A network that was away for a while leaves a stream late, but not ever later; an encoder of 98 % of the speed does. */
const LEAST_GROWTH = 0.02;
/** The queue of a camera is 8 frames long (`devices/camera-source.ts`): behind by this many, it is as good as full. */
const QUEUED_FRAMES = 5;

/**
 * What is no lag, whatever the frame rate, and whether lag has a limit: a camera's driver drops what its queue cannot hold; files
 * and networks wait.
 */
export interface PaceRule {
  readonly allowedMs: number;
  readonly isQueueBounded: boolean;
  /** The encoder holds back so many; missing: none. */
  readonly heldFrames?: number | undefined;
}

/**
 * Tells when a process encodes more slowly than its frames come: they arrive ever later after their time, or by as many frames
 * as its input queue holds. Of each look the frame that came the soonest counts, against the soonest one of all.
 */
export class PaceWatch {
  readonly #rule: PaceRule;
  readonly #onBehind: (lagMs: number) => void;
  #leastUs = Number.POSITIVE_INFINITY;
  #look: { readonly sinceUs: number; leastUs: number; frames: number } | null = null;
  #behind: { readonly sinceUs: number; readonly firstUs: number } | null = null;
  #lagMs: number | null = null;

  /** `onBehind` is called once, until it has caught up. */
  constructor(rule: PaceRule, onBehind: (lagMs: number) => void) {
    this.#rule = rule;
    this.#onBehind = onBehind;
  }

  get lagMs(): number | null {
    return this.#lagMs;
  }

  /** `arrivalUs` by a clock that does not step. */
  see(packets: readonly Packet[], arrivalUs: number): void {
    for (const packet of packets) {
      if (packet.kind === "video-frame") this.#see(arrivalUs - packet.decodeTimeUs, arrivalUs);
    }
  }

  #see(lagUs: number, nowUs: number): void {
    this.#look ??= { sinceUs: nowUs, leastUs: lagUs, frames: 0 };
    const look = this.#look;
    look.leastUs = Math.min(look.leastUs, lagUs);
    look.frames += 1;
    const lookedUs = nowUs - look.sinceUs;
    if (lookedUs < LOOK_US || look.frames < LOOK_FRAMES) return;
    this.#look = null;
    this.#leastUs = Math.min(this.#leastUs, look.leastUs);
    const behindUs = look.leastUs - this.#leastUs;
    const allowedUs =
      this.#rule.allowedMs * 1000 + ((QUEUED_FRAMES + (this.#rule.heldFrames ?? 0)) * lookedUs) / look.frames;
    if (behindUs > allowedUs) return this.#isBehind(behindUs, look.sinceUs, nowUs);
    this.#behind = null;
    this.#lagMs = null;
  }

  #isBehind(behindUs: number, lookedSinceUs: number, nowUs: number): void {
    this.#behind ??= { sinceUs: lookedSinceUs, firstUs: behindUs };
    const { sinceUs, firstUs } = this.#behind;
    const isNews = this.#lagMs === null;
    const grows = behindUs - firstUs >= LEAST_GROWTH * (nowUs - sinceUs);
    if (isNews && (nowUs - sinceUs < PATIENCE_US || !(grows || this.#rule.isQueueBounded))) return;
    this.#lagMs = Math.round(behindUs / 1000);
    if (isNews) this.#onBehind(this.#lagMs);
  }
}
