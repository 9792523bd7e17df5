import { UserError } from "../errors.ts";
import { type LogEvent, warning } from "../log.ts";
import type { Demand } from "../outputs/demand.ts";
import type { FanOut } from "../outputs/fan-out.ts";
import { Backoff } from "../system/backoff.ts";
import { FailureNews } from "../system/failure-news.ts";
import type { ChannelPlan } from "./channel-plan.ts";
import { raised } from "./raised.ts";
import type { Start } from "./start.ts";
import type { DeviceWatch } from "./supervisor/device-watch.ts";
import { RetryWait } from "./supervisor/retry-wait.ts";

/** What a start begins with: a plan that was made for it, or one that ran before. */
export interface StartingPoint {
  readonly plan: ChannelPlan | null;
  readonly kept: ChannelPlan | null;
}

export interface OnDemandOptions {
  readonly name: string;
  readonly demand: Demand;
  /** It goes on for so long after the last one who wanted it. */
  readonly lingerMs: number;
  /** A start that is yet to run, until `over` is raised. */
  readonly begin: (over: AbortSignal, from: StartingPoint) => Pick<Start, "run" | "current">;
  readonly outputs: Pick<FanOut, "pause">;
  readonly watch: Pick<DeviceWatch, "onChange">;
  readonly over: AbortSignal;
  /** An input's failure ends the stream. */
  readonly exitOnDeviceError: boolean;
  /** Nothing runs. `failure`: why it could not be started; null where nobody wants it, or it has ended. */
  readonly onIdle: (failure: UserError | null) => void;
  readonly onNotice: (event: LogEvent) => void;
}

/**
 * Runs a stream while somebody wants it. At first it runs to its first key frame in any case, so that what does not work is
 * known at once; from then on it is started with the plan that worked, without looking at anything again. A start that
 * fails is tried again with the next one who wants it, after a pause that grows with each failure.
 */
export class OnDemand {
  readonly #options: OnDemandOptions;
  readonly #backoff = new Backoff();
  readonly #news: FailureNews;
  readonly #pauses: RetryWait;
  #lingerMs: number;
  #kept: ChannelPlan | null = null;
  #asleep: AbortController | null = null;
  #isReady = false;
  #isChecked = false;
  /** By anybody so far: those who waited for the key frame have yet to join when it comes. */
  #wasWanted = false;
  #linger: NodeJS.Timeout | undefined;
  #onWanted: () => void = () => undefined;
  #failed: { readonly failure: UserError; readonly retryAtMs: number } | null = null;

  constructor(options: OnDemandOptions) {
    const { name, demand, lingerMs, watch, over, onIdle, onNotice } = options;
    this.#options = options;
    this.#lingerMs = lingerMs;
    this.#news = new FailureNews(({ message, reason }) =>
      onNotice(warning("start-failed", `cannot start "${name}": ${message}`, { name, reason })),
    );
    this.#pauses = new RetryWait({ watch, backoff: this.#backoff, news: this.#news, onPause: onIdle });
    demand.onChange(() => this.#look());
    over.addEventListener("abort", () => this.#end(), { once: true });
  }

  /** The start that failed a moment ago, and how long it is not tried again. */
  get failure(): { readonly reason: UserError["reason"]; readonly retryMs: number } | null {
    if (this.#failed === null) return null;
    const { failure, retryAtMs } = this.#failed;
    return { reason: failure.reason, retryMs: Math.max(0, retryAtMs - performance.now()) };
  }

  /** From now on it goes on for so long after the last one who wants it. */
  setLinger(lingerMs: number): void {
    this.#lingerMs = lingerMs;
  }

  /** What is captured has changed: it is planned anew the next time that it starts. */
  forgetPlan(): void {
    this.#kept = null;
  }

  ready(): void {
    this.#isReady = true;
    this.#backoff.reset();
    this.#news.forget();
    if (!this.#wasWanted) this.#asleep?.abort();
    this.#isChecked = true;
    this.#look();
  }

  /** Until all is over. @throws UserError where the first run fails before its first key frame */
  async run(plan: ChannelPlan | null): Promise<void> {
    const { over, onIdle } = this.#options;
    for (
      let from: StartingPoint = { plan, kept: null };
      !over.aborted;
      from = { plan: null, kept: this.#kept }
    ) {
      const failure = await this.#runOnce(from);
      if (over.aborted) return;
      if (failure !== null) await this.#pauseAfter(failure);
      else onIdle(null);
      await this.#wanted();
    }
  }

  /** @returns why it could not be started, or has failed; null where it runs no more because nobody wants it, or it is over */
  async #runOnce(from: StartingPoint): Promise<UserError | null> {
    const { begin, over, outputs } = this.#options;
    const asleep = new AbortController();
    this.#asleep = asleep;
    this.#isReady = false;
    const start = begin(AbortSignal.any([over, asleep.signal]), from);
    this.#look();
    const running = start.run();
    let failure: UserError | null = null;
    try {
      await Promise.race([running, raised(asleep.signal)]);
      if (!this.#isReady && !asleep.signal.aborted && !over.aborted)
        failure = start.current?.neverReady("brokenInput", "the input ended") ?? null;
    } catch (error) {
      failure = this.#survived(error);
    } finally {
      this.#asleep = null;
      clearTimeout(this.#linger);
      this.#linger = undefined;
      outputs.pause();
      await start.current?.stop();
      await running.catch(() => undefined); // reported above
    }
    this.#kept = failure === null && this.#isReady ? (start.current?.plan ?? null) : null;
    if (failure !== null && !this.#isChecked) throw failure;
    return failure;
  }

  #survived(error: unknown): UserError {
    if (!(error instanceof UserError) || (this.#isReady && this.#options.exitOnDeviceError)) throw error;
    return error;
  }

  async #pauseAfter(failure: UserError): Promise<void> {
    const retryMs = this.#pauses.nextMs(0);
    this.#news.tell(failure, retryMs);
    this.#failed = { failure, retryAtMs: performance.now() + retryMs };
    this.#options.onIdle(failure);
    await this.#pauses.pause(retryMs);
    this.#failed = null;
  }

  async #wanted(): Promise<void> {
    const { demand, over } = this.#options;
    if (demand.count > 0 || over.aborted) return;
    await new Promise<void>((resolve) => (this.#onWanted = resolve));
  }

  /** What somebody's coming or going, or the first key frame, changes. */
  #look(): void {
    const { demand } = this.#options;
    if (demand.count > 0) {
      this.#wasWanted = true;
      clearTimeout(this.#linger);
      this.#linger = undefined;
      return this.#onWanted();
    }
    const asleep = this.#asleep;
    if (asleep === null || !this.#isChecked || asleep.signal.aborted) return;
    this.#linger ??= setTimeout(() => asleep.abort(), this.#lingerMs);
  }

  #end(): void {
    clearTimeout(this.#linger);
    this.#pauses.end();
    this.#onWanted();
  }
}
