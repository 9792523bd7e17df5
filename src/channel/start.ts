import { setTimeout as delay } from "node:timers/promises";
import { forgetEncoders } from "../encoders/cache.ts";
import { UserError } from "../errors.ts";
import type { FfmpegBinary } from "../ffmpeg/find.ts";
import { foldersOf } from "../folders.ts";
import { notice, warning } from "../log.ts";
import { fallbackAfter } from "./fallback.ts";
import { type ChannelPlan, noOverrides, type Overrides, planChannel, prepare } from "./plan.ts";
import { Session, type SessionOptions } from "./session.ts";
import { Backoff } from "./supervisor/backoff.ts";
import { RetryWait } from "./supervisor/retry-wait.ts";

export interface StartOptions extends Omit<SessionOptions, "plan" | "overrides"> {
  /** What is captured first; null where that is not known before the device is there. */
  readonly plan: ChannelPlan | null;
  /** Raised when all is over. */
  readonly over: AbortSignal;
  /** The device is waited for. */
  readonly onWaiting: (failure: UserError) => void;
}

/** One attempt after the other, until one is on the air: from there on its inputs are kept alive. */
export class Start {
  readonly #options: StartOptions;
  /** Once a device is waited for: the pauses, and what was found out in them. */
  #wait: RetryWait | null = null;
  #ffmpeg: FfmpegBinary | null = null;
  #current: Session | null = null;
  #toldFailure: string | null = null;

  constructor(options: StartOptions) {
    this.#options = options;
  }

  get current(): Session | null {
    return this.#current;
  }

  /** Until the inputs end. @throws UserError what cannot be tried in another way, or fails for good */
  async run(): Promise<void> {
    const { settings, machine, over } = this.#options;
    let { plan } = this.#options;
    for (let overrides = noOverrides; ; ) {
      try {
        plan ??= await planChannel(settings, machine, overrides, this.#ffmpeg);
        if (over.aborted) return;
        this.#current = new Session({ ...this.#options, plan, overrides });
        return await Promise.race([this.#current.ended, this.#lateness(this.#current)]);
      } catch (failure) {
        if (!(failure instanceof UserError) || this.#options.outputs.isReady) throw failure;
        overrides = await this.#anotherWay(failure, overrides);
        plan = null;
      }
    }
  }

  /** What to try next after a start that failed. @throws the failure where there is nothing */
  async #anotherWay(failure: UserError, overrides: Overrides): Promise<Overrides> {
    const { settings, machine, onNotice, onWaiting } = this.#options;
    const failed = this.#current;
    // Whatever the reason: an encoder that was found to work may no longer.
    if (failed?.plan.encoder) forgetEncoders(foldersOf(machine.env).cache);
    const fallback = failed && fallbackAfter(failure, failed.plan, overrides);
    if (fallback === null && !(settings.wait && isWorthWaiting(failure))) throw failure;
    await failed?.stop();
    this.#current = null;
    if (fallback !== null) {
      onNotice(notice("fallback", fallback.notice));
      return fallback.overrides;
    }
    onWaiting(failure);
    if (!this.#wait?.isEager) this.#tell(failure);
    this.#ffmpeg ??= await prepare(settings, machine);
    await this.#pause();
    return noOverrides;
  }

  #tell({ message, reason }: UserError): void {
    const text = `${message}: waiting for it (--wait)`;
    if (this.#toldFailure !== message)
      this.#options.onNotice(warning("waiting-for-device", text, { reason }));
    this.#toldFailure = message;
  }

  /** @throws UserError when an attempt has had its time */
  async #lateness(attempt: Session): Promise<never> {
    const { settings, over } = this.#options;
    await Promise.race([
      attempt.ended.catch(() => undefined),
      delay(settings.readyTimeoutMs, undefined, { signal: over }),
    ]);
    if (this.#options.outputs.isReady || this.#current !== attempt) return new Promise(() => undefined); // in time
    throw attempt.neverReady("notReady", `it has had ${settings.readyTimeoutMs / 1000} s (--ready-timeout)`);
  }

  /** A time, or less where a device may have come. */
  async #pause(): Promise<void> {
    const { watch, over } = this.#options;
    if (this.#wait === null) {
      const wait = new RetryWait(watch, new Backoff());
      if (over.aborted) wait.end();
      over.addEventListener("abort", () => wait.end(), { once: true });
      this.#wait = wait;
    }
    await this.#wait.pause(this.#wait.nextMs(0));
  }
}

/** A device may yet come, be let go or be allowed; a wrong word on the command line stays wrong. */
function isWorthWaiting({ reason }: UserError): boolean {
  return reason !== "usage" && reason !== "noFfmpeg";
}
