import { setTimeout as delay } from "node:timers/promises";
import { UserError } from "../errors.ts";
import { Demand } from "../outputs/demand.ts";
import type { FanOut } from "../outputs/fan-out.ts";
import type { StreamRecordings } from "../recordings/segment.ts";
import type { ChannelSettings } from "../settings/settings.ts";
import type {
  Clip,
  MediaTotals,
  PublishAddress,
  Standby,
  Still,
  StreamHandle,
  StreamState,
  StreamStatus,
} from "../stream.ts";
import { type ChannelLimits, ChannelOutputs, type ChannelOutputsOptions } from "./channel-outputs.ts";
import { releaseAll } from "./channel-plan.ts";
import { ChannelState } from "./channel-state.ts";
import { describe, type OnAir, statusOf } from "./description.ts";
import type { Place } from "./place.ts";
import { Planner } from "./plan.ts";
import { raised } from "./raised.ts";
import type { Session } from "./session.ts";
import { awaken, standbyOf, wanting } from "./standby.ts";
import { openPlace } from "./start.ts";
import { Starts } from "./starts.ts";
import { Stills } from "./stills.ts";
import { Meter } from "./supervisor/meter.ts";
import { type Surroundings, watchedFor } from "./surroundings.ts";

/** What a channel stands in: where it is served, what it shares with others, and who hears of it. */
export interface ChannelContext
  extends Pick<ChannelOutputsOptions, "onNotice" | "allViewers" | "network" | "recorders"> {
  readonly place: Place;
  readonly surroundings: Surroundings;
  /** Each line of ffmpeg's stderr, passwords hidden. */
  readonly onFfmpegLine: (line: string) => void;
  readonly onState?: (state: StreamState) => void;
}

const PLAN_GRACE_MS = 1000;

/** One device on its way to its viewers, until it ends, fails or is stopped. Nothing happens before `start`. */
export class Channel implements StreamHandle {
  /** Resolves when the device was found and the port is open; rejects as `ended` does. */
  readonly opened: Promise<void>;
  /** Resolves when a key frame can be watched, with null if the channel was stopped before; rejects as `ended` does. */
  readonly onAir: Promise<OnAir | null>;
  /** Resolves when the channel is over and nothing of it is left; rejects with a UserError when it failed. */
  readonly ended: Promise<void>;
  readonly standby: Standby | null;
  #settings: ChannelSettings;
  readonly #context: ChannelContext;
  #planner: Planner;
  readonly #demand = new Demand();
  readonly #outputs: ChannelOutputs;
  readonly #meter = new Meter();
  readonly #stills = new Stills({
    keyPicture: () => (this.#state.isOnAir ? (this.#starts.pipeline?.keyPicture ?? null) : null),
    ffmpeg: () => this.#planner.ffmpeg(),
  });
  readonly #started = new AbortController();
  readonly #open = new AbortController();
  readonly #ready = new AbortController();
  readonly #stopped = new AbortController();
  readonly #over = new AbortController();
  readonly #state: ChannelState;
  readonly #starts: Starts;

  constructor(settings: ChannelSettings, surroundedBy: ChannelContext) {
    const { name } = settings;
    const context = { ...surroundedBy, surroundings: watchedFor(name, surroundedBy.surroundings) };
    this.#settings = settings;
    this.#context = context;
    this.#planner = this.#plannerOf(settings);
    this.#state = new ChannelState(name, (event) => {
      context.onNotice(event);
      context.onState?.(this.#state.current);
    });
    this.#outputs = new ChannelOutputs(settings, {
      ...{ ...context, demand: this.#demand, ffmpeg: () => this.#planner.ffmpeg() },
      onHub: (hub) => context.place.serve(hub),
    });
    const { all: outputs, live } = this.#outputs;
    this.#starts = new Starts({
      ...{ settings, context, planner: this.#planner, live, demand: this.#demand, outputs },
      ...{ state: this.#state, meter: this.#meter, over: this.#over.signal },
      onReady: () => this.#ready.abort(),
    });
    const { onDemand } = this.#starts;
    this.standby =
      onDemand &&
      standbyOf({
        ...{ live, onDemand, state: this.#state },
        limits: () => this.#settings.viewers,
      });
    this.ended = raised(this.#started.signal).then(() => this.#run());
    this.opened = Promise.race([raised(this.#open.signal), this.ended]);
    this.onAir = Promise.race([raised(this.#ready.signal), this.ended]).then(() => this.#describe());
    // Those who wait for one of them get its error.
    for (const promise of [this.ended, this.opened, this.onAir]) promise.catch(() => undefined);
  }

  get name(): string {
    return this.#settings.name;
  }

  /** An output that is added gets the stream's packets, too; one that runs on demand runs for it. */
  get outputs(): Pick<FanOut, "add" | "remove"> {
    return this.#outputs.all;
  }

  get recordings(): StreamRecordings | null {
    return this.#outputs.recordings;
  }

  get state(): StreamState {
    return this.#state.current;
  }

  /** Looks for the device, opens the place and captures; how it goes is told by the promises. */
  start(): void {
    this.#started.abort();
  }

  status(): StreamStatus {
    return statusOf({
      ...{ settings: this.#settings, place: this.#context.place, state: this.#state },
      ...{ session: this.#session, meter: this.#meter, viewers: this.#outputs.viewerCount },
      ...this.#outputs.statuses,
    });
  }

  totals(): MediaTotals {
    return this.#meter.totals;
  }

  clip(lastMs: number): Clip {
    return this.#outputs.clips.clip(lastMs);
  }

  /** Saves all that is kept of it to a file; how that went is logged. */
  saveClip(): void {
    this.#outputs.clips.save();
  }

  /** The picture as it is now, for which one that runs on demand is started. @throws UserError where it cannot be decoded */
  async still(): Promise<Still> {
    if (this.#session?.plan.tracks.video === false) return { kind: "none" };
    const { standby } = this;
    return await wanting(this.#demand, async () => {
      if (standby !== null && !this.#state.isOnAir) await awaken(standby);
      return await this.#stills.still();
    });
  }

  /** Ends every process and begins again, viewers staying; while it is not on the air it does nothing. */
  async restart(): Promise<void> {
    if (!this.#open.signal.aborted) throw new UserError("notReady", "the stream is still starting");
    if (this.#state.isOnAir) this.#session?.restart();
  }

  /**
   * From now on it captures this; its name stays, and whether it runs on demand. Its inputs end and begin again, filled
   * meanwhile: viewers stay, unless there are other tracks. How long it lasts does not change.
   */
  replan(settings: ChannelSettings): void {
    this.#settings = settings;
    this.#planner = this.#plannerOf(settings);
    this.setLimits(settings);
    this.#starts.change({ settings, planner: this.#planner });
  }

  /** From now on these hold for those who watch, and after the last of them, and it is pushed, recorded and kept so. */
  setLimits({ viewers, onDemand, push, record, history }: Omit<ChannelLimits, "video">): void {
    this.#settings = { ...this.#settings, viewers, onDemand, push, record, history };
    this.#outputs.set(this.#settings);
    if (onDemand !== null) this.#starts.onDemand?.setLinger(onDemand.lingerMs);
  }

  /** Whether it was stopped, if only since its time was up, rather than ended by its input, and how many viewers it has had so far. */
  get ending(): { readonly isStopped: boolean; readonly viewers: number } {
    return { isStopped: this.#stopped.signal.aborted, viewers: this.#outputs.viewersSoFar };
  }

  /** A URL of this channel with the token that it needs; the same, where it needs none. */
  withToken(url: string): string {
    return this.#context.place.withToken(url);
  }

  publishAt(): PublishAddress | null {
    return this.#context.place.publishing?.address() ?? null;
  }

  /** Ends the channel in an orderly way: captures first, then every response with its last chunk. */
  async stop(): Promise<void> {
    this.#stopped.abort();
    this.start(); // of one that was never started, there is nothing to end
    await this.ended.catch(() => undefined); // how it went is what `ended` says
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  kill(): void {
    this.#session?.kill();
  }

  get #session(): Session | null {
    return this.#starts.session;
  }

  #plannerOf(settings: ChannelSettings): Planner {
    const { machine, encoders, publishers } = this.#context.surroundings;
    const slot = publishers?.slotOf(settings.name) ?? null;
    return new Planner(settings, machine, encoders, slot);
  }

  async #run(): Promise<void> {
    this.#outputs.start(this.#settings);
    const capture = this.#capture();
    try {
      await Promise.race([raised(this.#stopped.signal), capture, this.#durationEnd()]);
      if (!this.#ready.signal.aborted && !this.#stopped.signal.aborted)
        throw this.#session?.neverReady("brokenInput", "the input ended");
    } finally {
      this.#over.abort();
      await this.#session?.stop();
      // What looks for the device may run programs of its own: they are soon over, unless one hangs.
      const late = new AbortController();
      const settled = capture.catch(() => undefined);
      await Promise.race([settled, delay(PLAN_GRACE_MS, undefined, late).catch(() => undefined)]);
      late.abort();
      await Promise.all([this.#outputs.end(), this.#stills.close()]);
      await this.#context.place.leave();
      this.#state.enter("ended");
    }
  }

  async #capture(): Promise<void> {
    if (this.#stopped.signal.aborted) return;
    const { place, surroundings, onNotice } = this.#context;
    const { wait } = this.#settings;
    const over = this.#over.signal;
    const onWaiting = (failure: UserError) => this.#state.enterFor("waiting", failure);
    const plan = wait ? null : await this.#planner.plan();
    try {
      if (!over.aborted)
        await openPlace(place, wait ? { surroundings, events: { onNotice, onWaiting }, over } : null);
    } catch (failure) {
      if (plan !== null) releaseAll(plan);
      throw failure;
    }
    if (over.aborted) return plan === null ? undefined : releaseAll(plan);
    this.#open.abort();
    await this.#starts.run(plan);
  }

  #describe(): OnAir | null {
    const session = this.#session;
    const addresses = this.#context.place.addresses();
    if (!this.#ready.signal.aborted || session === null || addresses === null) return null;
    return describe(this.name, addresses, session);
  }

  async #durationEnd(): Promise<void> {
    await raised(this.#ready.signal);
    const { durationMs } = this.#settings;
    if (durationMs === null) return await raised(this.#over.signal);
    await delay(durationMs, undefined, { signal: this.#over.signal });
    this.#stopped.abort();
  }
}
