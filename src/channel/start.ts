import { setTimeout as delay } from "node:timers/promises";
import { UserError } from "../errors.ts";
import { notice, warning } from "../log.ts";
import type { ChannelSettings } from "../settings/settings.ts";
import { fallbackAfter } from "./fallback.ts";
import { type ChannelPlan, noOverrides, type Overrides, type Planner } from "./plan.ts";
import { Session, type SessionEvents, type SessionOptions } from "./session.ts";
import { Backoff } from "./supervisor/backoff.ts";
import { FailureNews, RetryWait } from "./supervisor/retry-wait.ts";

export interface StartOptions extends Omit<SessionOptions, "plan"> {
  readonly planner: Pick<Planner, "plan" | "replan" | "prepare" | "renew">;
  readonly settings: SessionOptions["settings"] & Pick<ChannelSettings, "wait" | "readyTimeoutMs">;
  /** What is captured first; null where that is not known before the device is there. */
  readonly plan: ChannelPlan | null;
  /** What ran before, and is tried first; null where nothing did. */
  readonly kept: ChannelPlan | null;
  /** Raised when all is over. */
  readonly over: AbortSignal;
  readonly events: StartEvents;
}

export interface StartEvents extends SessionEvents {
  /** The device is waited for. */
  readonly onWaiting: (failure: UserError) => void;
}

/** One session after the other, until one is on the air: from there on its inputs are kept alive. */
export class Start {
  readonly #options: StartOptions;
  /** Once a device is waited for. */
  #wait: RetryWait | null = null;
  #current: Session | null = null;

  constructor(options: StartOptions) {
    this.#options = options;
  }

  get current(): Session | null {
    return this.#current;
  }

  /** Until the inputs end. @throws UserError what cannot be tried in another way, or fails for good */
  async run(): Promise<void> {
    const { planner, over } = this.#options;
    if (await this.#runsAsKept()) return;
    let { plan } = this.#options;
    for (let overrides = noOverrides; ; ) {
      try {
        plan ??= await planner.plan(overrides);
        if (over.aborted) return;
        return await this.#session(plan);
      } catch (failure) {
        if (over.aborted) return;
        if (!(failure instanceof UserError) || this.#options.outputs.isReady) throw failure;
        overrides = await this.#anotherWay(failure);
        if (over.aborted) return;
        plan = null;
      }
    }
  }

  async #session(plan: ChannelPlan): Promise<void> {
    this.#current = new Session({ ...this.#options, plan });
    await Promise.race([this.#current.ended, this.#lateness(this.#current)]);
  }

  /** Whether it has run, to its end; where it has not, something has changed meanwhile, and it is planned anew. */
  async #runsAsKept(): Promise<boolean> {
    const { planner, over, kept, outputs } = this.#options;
    if (kept === null) return false;
    try {
      const plan = await planner.renew(kept);
      if (!over.aborted) await this.#session(plan);
      return true;
    } catch (failure) {
      if (over.aborted) return true;
      if (!(failure instanceof UserError) || outputs.isReady) throw failure;
      await this.#current?.stop();
      this.#current = null;
      return over.aborted;
    }
  }

  /** What to try next after a start that failed. @throws the failure where there is nothing */
  async #anotherWay(failure: UserError): Promise<Overrides> {
    const { settings, surroundings, planner, events, over } = this.#options;
    const failed = this.#current;
    const fallback = failed && fallbackAfter(failure, failed.plan);
    // Whatever the reason, an encoder that was found to work may no longer; but first it is tried without its decoder.
    const isDecoder = fallback && fallback.overrides.decoding !== failed.plan.overrides.decoding;
    if (failed?.plan.encoder && !isDecoder) surroundings.encoders.forget();
    if (fallback === null && !(settings.wait && isWorthWaiting(failure))) throw failure;
    await failed?.stop();
    this.#current = null;
    if (over.aborted) return noOverrides;
    if (fallback !== null) {
      events.onNotice(notice("fallback", fallback.notice));
      return fallback.overrides;
    }
    const isFirst = this.#wait === null;
    this.#wait ??= beginWait(this.#options);
    const pause = this.#wait.afterFailure(failure);
    if (isFirst) await planner.prepare(); // in the time that there is
    await pause;
    return noOverrides;
  }

  /** @throws UserError when a session has had its time */
  async #lateness(session: Session): Promise<never> {
    const { settings, over } = this.#options;
    await Promise.race([
      session.ended.catch(() => undefined),
      delay(settings.readyTimeoutMs, undefined, { signal: over }),
    ]);
    if (this.#options.outputs.isReady || this.#current !== session) return new Promise(() => undefined); // in time
    throw session.neverReady("notReady", `waited ${settings.readyTimeoutMs / 1000} s; --ready-timeout`);
  }
}

/** A device may yet come, be let go or be allowed; a wrong word on the command line stays wrong. */
function isWorthWaiting({ reason }: UserError): boolean {
  return reason !== "usage" && reason !== "noFfmpeg";
}

/** What waiting takes (`--wait`), and who hears of it. */
export interface WaitOptions extends Pick<StartOptions, "surroundings" | "over"> {
  readonly events: Pick<StartEvents, "onNotice" | "onWaiting">;
}

/** The pauses in which something is waited for, until `over` is raised. */
export function beginWait({ surroundings, events, over }: WaitOptions): RetryWait {
  const wait = new RetryWait({
    watch: surroundings.watch,
    backoff: new Backoff(),
    news: new FailureNews(({ message, reason }) =>
      events.onNotice(warning("waiting-for-device", `${message}; waiting for it (--wait)`, { reason })),
    ),
    onPause: events.onWaiting,
  });
  over.addEventListener("abort", () => wait.end(), { once: true });
  return wait;
}
