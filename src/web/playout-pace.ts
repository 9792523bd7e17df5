import { RecentLows } from "./recent-lows.ts";

/** So much sound is there when it begins, since nothing is known yet of how regularly it comes. */
const FIRST_FILL_MS = 60;
/** Less played than this says nothing yet of that. */
const EVIDENCE_MS = 500;
/** What is to be left when the next block comes: for delays not seen yet. */
const GUARD_MS = 8;
/** How little was left is remembered for half a minute, and counts where it happens again: one hiccup costs no delay. */
const SPAN_MS = 3000;
const SPANS = 10;
/** Silent for longer, it begins anew: that was an outage, and what was left before tells nothing. */
const MAX_LATE_MS = 200;
/** What is this far beyond what is needed is left out at once; below, it is played a little faster, which nobody hears. */
const JUMP_MS = 250;
/** Where it has just begun, it has been silent anyway: what was held up comes in one piece, and nearly all is too late. */
const BEGINNING_MS = 1000;
const JUMP_AT_BEGINNING_MS = 70;
const MAX_FASTER = 0.01;
const MAX_SLOWER = 0.005;
/** What is too much or too little is corrected in this time, within these limits; so little is left alone. */
const CORRECTION_MS = 2000;
const SLACK_MS = 1;

/**
 * When sound begins, and how fast it is played so that just enough is left for the latest block to come in time. How late
 * blocks come is told by what is left when they do; what was played faster, slower or not at all meanwhile is taken off.
 */
export class PlayoutPace {
  readonly #lows = new RecentLows(SPAN_MS, SPANS);
  /** Since it began, or began again after an outage. */
  #playedMs = 0;
  #silentMs = 0;
  /** How much more of the stream than of time has passed. */
  #gainedMs = 0;

  /** Whether it may begin: where something is known of the stream's delays, as soon as they allow. */
  mayBegin(bufferedMs: number): boolean {
    return this.#playedMs < EVIDENCE_MS
      ? bufferedMs >= FIRST_FILL_MS
      : bufferedMs > 0 && this.#excessMs() >= 0;
  }

  /** So much is enough for whatever comes. */
  get enoughMs(): number {
    return FIRST_FILL_MS + Math.max(0, -this.#excessMs());
  }

  isTooMuch(bufferedMs: number): boolean {
    const beyondMs = this.#playedMs < BEGINNING_MS ? JUMP_AT_BEGINNING_MS : JUMP_MS;
    return bufferedMs > this.enoughMs + beyondMs;
  }

  /** A block has come. */
  arrived(leftMs: number): void {
    if (this.#playedMs > 0) this.#lows.add(leftMs + this.#gainedMs);
  }

  /** How fast to play the next so many milliseconds. */
  speed(spanMs: number): number {
    this.#silentMs = 0;
    this.#playedMs += spanMs;
    this.#lows.pass(spanMs);
    const speed = 1 + this.#correction();
    this.#gainedMs += spanMs * (speed - 1);
    return speed;
  }

  /** The next so many milliseconds are silent. */
  silent(spanMs: number): void {
    this.#silentMs += spanMs;
    this.#gainedMs -= spanMs;
    if (this.#silentMs <= MAX_LATE_MS) return;
    this.#playedMs = 0;
    this.forget();
  }

  /** Something was left out, or there was an outage: what was left before tells nothing. */
  forget(): void {
    this.#lows.clear();
    this.#gainedMs = 0;
  }

  /** What is left at the worst, beyond what is to be. */
  #excessMs(): number {
    return this.#lows.value - this.#gainedMs - GUARD_MS;
  }

  #correction(): number {
    const excessMs = this.#excessMs();
    if (this.#playedMs < EVIDENCE_MS || !Number.isFinite(excessMs) || Math.abs(excessMs) < SLACK_MS) return 0;
    return Math.max(-MAX_SLOWER, Math.min(MAX_FASTER, excessMs / CORRECTION_MS));
  }
}
