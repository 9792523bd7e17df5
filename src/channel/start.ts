import { setTimeout as delay } from "node:timers/promises";
import { forgetEncoders } from "../encoders/cache.ts";
import { UserError } from "../errors.ts";
import type { FfmpegBinary } from "../ffmpeg/find.ts";
import { foldersOf } from "../folders.ts";
import { notice, warning } from "../log.ts";
import { encodeHeader } from "../media/flv/header.ts";
import { Channel } from "../outputs/live/hub.ts";
import { retakeAfter } from "./fallback.ts";
import { type Lessons, type Lineup, noLessons, planLineup, prepare } from "./plan.ts";
import { Attempt, type AttemptOptions } from "./session.ts";
import { Backoff } from "./supervisor/backoff.ts";
import { RetryWait } from "./supervisor/retry-wait.ts";

export interface AttemptsOptions
  extends Omit<AttemptOptions, "lineup" | "lessons" | "channel" | "onPackets"> {
  /** What is captured first; null where that is not known before the device is there. */
  readonly lineup: Lineup | null;
  /** Raised when all is over. */
  readonly over: AbortSignal;
  readonly onChannel: (channel: Channel) => void;
  readonly onPackets: AttemptOptions["onPackets"];
  /** The device is waited for. */
  readonly onWaiting: (failure: UserError) => void;
}

/** One attempt after the other, until one is on the air: from there on its inputs are kept alive. */
export class Attempts {
  readonly #options: AttemptsOptions;
  /** Once a device is waited for: the pauses, and what was found out in them. */
  #wait: RetryWait | null = null;
  #ffmpeg: FfmpegBinary | null = null;
  #current: Attempt | null = null;
  #channel: Channel | null = null;
  #toldFailure: string | null = null;

  constructor(options: AttemptsOptions) {
    this.#options = options;
  }

  get current(): Attempt | null {
    return this.#current;
  }

  get channel(): Channel | null {
    return this.#channel;
  }

  /** Until the inputs end. @throws UserError what cannot be tried in another way, or fails for good */
  async run(): Promise<void> {
    const { settings, machine, over } = this.#options;
    let { lineup } = this.#options;
    for (let lessons = noLessons; ; ) {
      try {
        lineup ??= await planLineup(settings, machine, lessons, this.#ffmpeg);
        if (over.aborted) return;
        this.#current = this.#begin(lineup, lessons);
        return await Promise.race([this.#current.ended, this.#lateness(this.#current)]);
      } catch (failure) {
        if (!(failure instanceof UserError) || this.#channel?.isReady) throw failure;
        lessons = await this.#anotherWay(failure, lessons);
        lineup = null;
      }
    }
  }

  #begin(lineup: Lineup, lessons: Lessons): Attempt {
    const { settings, onChannel } = this.#options;
    const { tracks } = lineup;
    const { maxViewers, maxBatchMs, maxLagMs, viewerTimeoutMs } = settings;
    const channel = new Channel({
      name: settings.name,
      header: encodeHeader(tracks),
      hasVideo: tracks.video,
      limits: { maxViewers, maxBatchMs, maxLagMs, viewerTimeoutMs },
      schedule: (run, delayMs) => {
        const timer = setTimeout(run, delayMs);
        return () => clearTimeout(timer);
      },
    });
    this.#channel = channel;
    onChannel(channel);
    return new Attempt({ ...this.#options, lineup, lessons, channel });
  }

  /** What to try next after a start that failed. @throws the failure where there is nothing */
  async #anotherWay(failure: UserError, lessons: Lessons): Promise<Lessons> {
    const { settings, machine, onNotice, onWaiting } = this.#options;
    const failed = this.#current;
    // Whatever the reason: an encoder that was found to work may no longer.
    if (failed?.lineup.encoder) forgetEncoders(foldersOf(machine.env).cache);
    const retake = failed && retakeAfter(failure, failed.lineup, lessons);
    if (retake === null && !(settings.wait && isWorthWaiting(failure))) throw failure;
    await failed?.stop();
    this.#current = null;
    if (retake !== null) {
      onNotice(notice("tried-otherwise", retake.notice));
      return retake.lessons;
    }
    onWaiting(failure);
    if (!this.#wait?.isEager) this.#tell(failure);
    this.#ffmpeg ??= await prepare(settings, machine);
    await this.#pause();
    return noLessons;
  }

  #tell({ message, reason }: UserError): void {
    const text = `${message}: waiting for it (--wait)`;
    if (this.#toldFailure !== message)
      this.#options.onNotice(warning("waiting-for-device", text, { reason }));
    this.#toldFailure = message;
  }

  /** @throws UserError when an attempt has had its time */
  async #lateness(attempt: Attempt): Promise<never> {
    const { settings, over } = this.#options;
    await Promise.race([
      attempt.ended.catch(() => undefined),
      delay(settings.readyTimeoutMs, undefined, { signal: over }),
    ]);
    if (this.#channel?.isReady || this.#current !== attempt) return new Promise(() => undefined); // in time
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
