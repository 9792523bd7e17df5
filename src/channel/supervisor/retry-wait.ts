import { UserError } from "../../errors.ts";
import type { Backoff } from "../../system/backoff.ts";
import type { FailureNews } from "../../system/failure-news.ts";
import type { DeviceWatch } from "./device-watch.ts";

/** A node appears before udev has given it its group and its links: for so long after a change it is tried again soon. */
const EAGER_MS = 5000;
const EAGER_DELAY_MS = 100;

export interface RetryWaitOptions {
  readonly watch: Pick<DeviceWatch, "onChange">;
  readonly backoff: Backoff;
  readonly news: FailureNews;
  readonly onPause: (failure: UserError, delayMs: number) => void;
}

/**
 * The pauses between tries to open a device: ever longer, and over as soon as a device may have come. What changes while it
 * is tried is not missed: the next pause is over at once.
 */
export class RetryWait {
  readonly #options: RetryWaitOptions;
  readonly #forget: () => void;
  #hasChanged = false;
  #isOver = false;
  #eagerUntilMs = Number.NEGATIVE_INFINITY;
  #wake: () => void = () => undefined;

  /** Notices changes from now on, until `end`. */
  constructor(options: RetryWaitOptions) {
    this.#options = options;
    this.#forget = options.watch.onChange(() => {
      this.#hasChanged = true;
      this.#wake();
    });
  }

  /**
   * Tries until it succeeds, with a pause after each failure. Null where the waiting has ended before.
   * @param attempt gets the last failure; null at first
   * @param mayPass whether a failure is worth waiting for; if not, it is thrown
   */
  async retry<Value>(
    attempt: (failure: UserError | null) => Promise<Value>,
    mayPass: (failure: UserError) => boolean,
  ): Promise<Value | null> {
    let last: UserError | null = null;
    while (!this.#isOver) {
      try {
        return await attempt(last);
      } catch (failure) {
        if (!(failure instanceof UserError) || !mayPass(failure)) throw failure;
        last = failure;
        if (!this.#isOver) await this.afterFailure(failure);
      }
    }
    return null;
  }

  /** Says what failed after `ranMs`, and pauses before it is tried again. */
  async afterFailure(failure: UserError, ranMs = 0): Promise<void> {
    const { news, onPause } = this.#options;
    const delayMs = this.nextMs(ranMs);
    onPause(failure, delayMs);
    if (!this.#isEager) news.tell(failure, delayMs);
    await this.pause(delayMs);
  }

  /** How long the next pause is to be, after a try that lasted `ranMs`. */
  nextMs(ranMs: number): number {
    return this.#isEager ? EAGER_DELAY_MS : this.#options.backoff.failed(ranMs);
  }

  async pause(ms: number): Promise<void> {
    if (!this.#hasChanged && !this.#isOver) await this.#sleep(ms);
    if (!this.#hasChanged) return;
    this.#hasChanged = false;
    this.#eagerUntilMs = performance.now() + EAGER_MS;
    this.#options.backoff.reset(); // a slow machine's udev may take even longer
  }

  wake(): void {
    this.#wake();
  }

  end(): void {
    this.#isOver = true;
    this.#forget();
    this.#wake();
  }

  /** Something changed a moment ago: what fails now may well go in the next. */
  get #isEager(): boolean {
    return performance.now() < this.#eagerUntilMs;
  }

  async #sleep(ms: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.#wake = () => undefined;
  }
}
