import { setTimeout as delay } from "node:timers/promises";
import { UserError } from "../errors.ts";
import { notice, warning } from "../log.ts";
import type { ChannelSettings } from "../settings/settings.ts";
import { Backoff } from "../system/backoff.ts";
import { FailureNews } from "../system/failure-news.ts";
import { type ChannelPlan, noOverrides, type Overrides, releaseAll } from "./channel-plan.ts";
import { fallbackAfter } from "./fallback.ts";
import type { Pipeline } from "./pipeline.ts";
import type { Place } from "./place.ts";
import type { Planner } from "./plan.ts";
import { type Retired, Session, type SessionEvents, type SessionOptions } from "./session.ts";
import { RetryWait } from "./supervisor/retry-wait.ts";

export interface StartOptions
  extends Omit<SessionOptions, "plan" | "takesOver" | keyof StartGoal>,
    StartGoal {
  /** What is captured first; null where that is not known before the device is there. */
  readonly plan: ChannelPlan | null;
  /** What ran before, and is tried first; null where nothing did. */
  readonly kept: ChannelPlan | null;
  readonly over: AbortSignal;
  readonly events: StartEvents;
}

/** What is captured, and how long it may take: what another configuration changes. */
export interface StartGoal {
  readonly planner: Pick<Planner, "plan" | "replan" | "prepare" | "renew">;
  readonly settings: SessionOptions["settings"] & Pick<ChannelSettings, "wait" | "readyTimeoutMs">;
}

export interface StartEvents extends SessionEvents {
  readonly onWaiting: (failure: UserError) => void;
}

/** One session after the other, until one is on the air: from there on its inputs are kept alive, until there is another goal. */
export class Start {
  readonly #options: StartOptions;
  #goal: StartGoal;
  /** Raised when there is another goal than the one that is being reached. */
  #changed = new AbortController();
  /** Once a device is waited for. */
  #wait: RetryWait | null = null;
  #current: Session | null = null;
  /** What viewers get until the next session sends. */
  #retired: Retired | null = null;

  constructor(options: StartOptions) {
    this.#options = options;
    const { planner, settings } = options;
    this.#goal = { planner, settings };
    options.over.addEventListener("abort", () => this.#forget(), { once: true });
  }

  /** From now on this is what is captured: viewers stay unless its tracks are others. */
  change(goal: StartGoal): void {
    this.#goal = goal;
    this.#changed.abort();
    this.#wait?.wake();
  }

  get current(): Session | null {
    return this.#current;
  }

  /** Where the packets go that viewers get; null before there is a session. */
  get pipeline(): Pipeline | null {
    return this.#current?.pipeline ?? this.#retired?.pipeline ?? null;
  }

  /** Until the inputs end. @throws UserError what cannot be tried in another way, or fails for good */
  async run(): Promise<void> {
    const { over } = this.#options;
    let { plan, kept } = this.#options;
    for (let overrides = noOverrides; ; plan = null, kept = null) {
      try {
        plan ??= await this.#plan(overrides, kept);
        if (over.aborted) return releaseAll(plan);
        if (this.#changed.signal.aborted) releaseAll(plan);
        else {
          this.#current = this.#begin(plan);
          if (!(await this.#isReplaced(this.#current))) return;
        }
        await this.#retire();
        overrides = noOverrides;
      } catch (failure) {
        if (over.aborted) return;
        if (!(failure instanceof UserError) || !this.#mayFail) throw failure;
        if (kept === null) overrides = await this.#anotherWay(failure);
        else await this.#retire(); // something has changed since then: plan again
      }
      if (over.aborted) return;
    }
  }

  async #plan(overrides: Overrides, kept: ChannelPlan | null): Promise<ChannelPlan> {
    this.#changed = new AbortController();
    const { planner } = this.#goal;
    return kept === null ? await planner.plan(overrides) : await planner.renew(kept);
  }

  #begin(plan: ChannelPlan): Session {
    const retired = this.#retired;
    const isSame = retired?.tracks.video === plan.tracks.video && retired.tracks.audio === plan.tracks.audio;
    if (!isSame) this.#forget();
    return new Session({ ...this.#options, ...this.#goal, plan, takesOver: isSame ? retired : null });
  }

  /** What is not on the air yet may be tried again, and so may what takes the place of something that was. */
  get #mayFail(): boolean {
    const isTakingOver = this.#retired !== null && this.#current?.hasTakenOver !== true;
    return isTakingOver || !this.#options.outputs.isReady;
  }

  /** Ends the session that there is. Where it is watched, what it sent is filled until another one takes over. */
  async #retire(): Promise<void> {
    const session = this.#current;
    this.#current = null;
    if (session === null) return;
    if (!this.#options.outputs.isReady) return await session.stop();
    const retiring = session.retire();
    this.#options.events.onChange();
    this.#retired = await retiring;
    if (this.#options.over.aborted) this.#forget();
  }

  #forget(): void {
    this.#retired?.lostTracks.stop();
    this.#retired = null;
  }

  /** True as soon as there is another goal; false when the inputs have ended. @throws UserError when they failed */
  async #isReplaced(session: Session): Promise<boolean> {
    const { signal } = this.#changed;
    const changed = new Promise<true>((resolve) =>
      signal.addEventListener("abort", () => resolve(true), { once: true }),
    );
    return await Promise.race([changed, session.ended.then(() => false), this.#lateness(session)]);
  }

  /** What to try next after a start that failed. @throws the failure where there is nothing */
  async #anotherWay(failure: UserError): Promise<Overrides> {
    const { surroundings, events, over } = this.#options;
    const { settings, planner } = this.#goal;
    const failed = this.#current;
    const fallback = failed && fallbackAfter(failure, failed.plan);
    // Whatever the reason, an encoder that was found to work may no longer; but first it is tried without its decoder.
    const isDecoder = fallback && fallback.overrides.decoding !== failed.plan.overrides.decoding;
    if (failed?.plan.encoder && !isDecoder) surroundings.encoders.forget();
    if (fallback === null && !(settings.wait && isWorthWaiting(failure))) throw failure;
    await this.#retire();
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

  async #lateness(session: Session): Promise<never> {
    const { over } = this.#options;
    const { settings } = this.#goal;
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

/**
 * Opens the place. An address may come with the network, after us at boot: then it is waited for as devices are.
 * @param waits null where it is not to be waited for
 * @throws UserError where it cannot be opened
 */
export async function openPlace(place: Place, waits: WaitOptions | null): Promise<void> {
  if (waits === null) return await place.open();
  const wait = beginWait(waits);
  try {
    await wait.retry(
      () => place.open(),
      ({ reason }) => reason === "addressUnavailable",
    );
  } finally {
    wait.end();
  }
}

/** What waiting takes (`--wait`), and who hears of it. */
interface WaitOptions extends Pick<StartOptions, "surroundings" | "over"> {
  readonly events: Pick<StartEvents, "onNotice" | "onWaiting">;
}

/** The pauses in which something is waited for, until `over` is raised. */
function beginWait({ surroundings, events, over }: WaitOptions): RetryWait {
  const wait = new RetryWait({
    watch: surroundings.watch,
    backoff: new Backoff(),
    news: new FailureNews(({ message, reason }) =>
      events.onNotice(warning("waiting-for-device", `${message}; waiting for it`, { reason })),
    ),
    onPause: events.onWaiting,
  });
  over.addEventListener("abort", () => wait.end(), { once: true });
  return wait;
}
