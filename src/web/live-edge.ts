/**
 * Seconds that are to be left when more comes. Measured (Chromium, with sound): played a tenth faster it runs dry with
 * 0.11 to 0.14 s left, since it looks ahead to keep the pitch.
 */
const LEAST_MARGIN_S = 0.135;
const MAX_MARGIN_S = 1;
/** A network that let it run dry does so again: each time so many times more is kept, and that is forgotten slowly. */
const MARGIN_GROWTH = 1.3;
const FORGETTING_S_PER_S = 0.002;
/** So much more than the margin is left alone. */
const SLACK_S = 0.01;
/** More than the margin by so much is gone through faster; near it a lower rate, which is left in time. */
const FAR_S = 0.06;
const FAST_RATE = 1.1;
const NEAR_RATE = 1.05;
/** More still is jumped over: at a tenth faster it would take seconds. A start may jump earlier, nobody looks yet. */
const JUMP_BEYOND_S = 0.65;
const JUMP_AT_START_BEYOND_S = 0.2;
/** A jump leaves this above the margin. */
const LANDING_S = 0.05;
/** A jump is a start again: one that ends where it began does not lead to the next. */
const JUMP_AGAIN_MS = 2000;
/** What was left the last times that something came: pictures and sound come in steps of their own. */
const LOWS = 12;
/** To leave the faster rate takes fewer of them than to take it: each change of rate can be heard. */
const NEWEST_LOWS = 4;

export interface Position {
  readonly playedS: number;
  readonly endS: number;
}

/** How near to the end of its buffer a player plays, and how it comes there; times by a clock that does not step. */
export class LiveEdge {
  #marginS = LEAST_MARGIN_S;
  #lows: number[] = [];
  /** Null where nothing is known of what came before. */
  #endS: number | null = null;
  #rate = 1;
  #rememberedMs: number | null = null;
  #jumpedMs = Number.NEGATIVE_INFINITY;

  /** How fast to play from now on; to be asked some 25 times a second while it plays. */
  rate(nowMs: number, { playedS, endS }: Position): number {
    this.#forget(nowMs);
    if (this.#endS !== null && endS > this.#endS)
      this.#lows = [...this.#lows, this.#endS - playedS].slice(-LOWS);
    this.#endS = endS;
    const looked = this.#rate > 1 ? NEWEST_LOWS : LOWS;
    if (this.#lows.length < looked) return this.#rate;
    const excessS = Math.min(endS - playedS, ...this.#lows.slice(-looked)) - this.#marginS;
    if (excessS <= 0) this.#rate = 1;
    else if (excessS > FAR_S) this.#rate = FAST_RATE;
    else if (excessS > SLACK_S || this.#rate > 1) this.#rate = NEAR_RATE;
    return this.#rate;
  }

  /** Where to go on, seconds; null where it goes on as it does. */
  jump(nowMs: number, { playedS, endS }: Position, isStart: boolean): number | null {
    const beyondS = this.#marginS + (isStart ? JUMP_AT_START_BEYOND_S : JUMP_BEYOND_S);
    if (endS - playedS < beyondS || nowMs - this.#jumpedMs < JUMP_AGAIN_MS) return null;
    this.#jumpedMs = nowMs;
    this.reset();
    return endS - this.#marginS - LANDING_S;
  }

  /** Nothing was left. */
  underran(): void {
    this.#marginS = Math.min(MAX_MARGIN_S, this.#marginS * MARGIN_GROWTH);
    this.reset();
  }

  /** It stands, for whatever reason: it goes on at its own rate, and what was left before tells nothing. */
  reset(): void {
    this.#lows = [];
    this.#endS = null;
    this.#rate = 1;
  }

  #forget(nowMs: number): void {
    const elapsedS = (nowMs - (this.#rememberedMs ?? nowMs)) / 1000;
    this.#rememberedMs = nowMs;
    this.#marginS = Math.max(LEAST_MARGIN_S, this.#marginS - elapsedS * FORGETTING_S_PER_S);
  }
}
