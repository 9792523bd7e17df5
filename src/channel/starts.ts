import type { UserError } from "../errors.ts";
import type { Packet } from "../media/packet.ts";
import type { Demand } from "../outputs/demand.ts";
import type { FanOut } from "../outputs/fan-out.ts";
import type { LiveOutput } from "../outputs/live/live-output.ts";
import type { ChannelSettings } from "../settings/settings.ts";
import type { StreamState } from "../stream.ts";
import type { ChannelContext } from "./channel.ts";
import type { ChannelPlan } from "./channel-plan.ts";
import type { ChannelState } from "./channel-state.ts";
import { OnDemand, type StartingPoint } from "./on-demand.ts";
import type { Pipeline } from "./pipeline.ts";
import type { Planner } from "./plan.ts";
import type { Session } from "./session.ts";
import { fallbackEvents } from "./session-events.ts";
import { Start } from "./start.ts";
import type { Meter } from "./supervisor/meter.ts";

export interface Goal {
  readonly settings: ChannelSettings;
  readonly planner: Planner;
}

export interface StartsOptions extends Goal {
  readonly context: Omit<ChannelContext, "place">;
  readonly live: Pick<LiveOutput, "keyWaiters">;
  readonly demand: Demand;
  readonly outputs: FanOut;
  readonly state: ChannelState;
  readonly meter: Meter;
  readonly over: AbortSignal;
  readonly onReady: () => void;
}

/** What runs of a channel: one start for good, or where it runs on demand, one whenever somebody wants it. */
export class Starts {
  /** null where it runs whether anybody watches or not. */
  readonly onDemand: OnDemand | null;
  readonly #options: Omit<StartsOptions, keyof Goal>;
  #goal: Goal;
  #current: Start | null = null;
  #isReady = false;

  constructor({ settings, planner, ...options }: StartsOptions) {
    this.#options = options;
    this.#goal = { settings, planner };
    const { onDemand } = settings;
    this.onDemand = onDemand && this.#demanded(onDemand.lingerMs);
  }

  /** The newest one; null before the device was found. */
  get session(): Session | null {
    return this.#current?.current ?? null;
  }

  /** Where the packets go that viewers get; null before there is a session. */
  get pipeline(): Pipeline | null {
    return this.#current?.pipeline ?? null;
  }

  /** From now on this is captured; it runs on demand, or does not, as before. */
  change(goal: Goal): void {
    this.#goal = goal;
    this.onDemand?.forgetPlan();
    this.#current?.change(goal);
  }

  async run(plan: ChannelPlan | null): Promise<void> {
    if (this.onDemand === null) await this.#begin(this.#options.over, { plan, kept: null }).run();
    else await this.onDemand.run(plan);
  }

  #begin(over: AbortSignal, from: StartingPoint): Start {
    const { context, outputs, state, meter } = this.#options;
    const { surroundings, onFfmpegLine, onNotice } = context;
    this.#current = new Start({
      ...{ ...this.#goal, surroundings, outputs, over, ...from },
      events: {
        ...{ onFfmpegLine, onNotice },
        onWaiting: (failure) => state.enterFor(outputs.isReady ? "degraded" : "waiting", failure),
        onPackets: (packets) => this.#count(packets),
        onDropped: (track, dropped) => meter.countDropped(track, dropped),
        onChange: () => this.#look(),
      },
    });
    return this.#current;
  }

  #demanded(lingerMs: number): OnDemand {
    const { context, demand, outputs, over, state } = this.#options;
    const { name, exitOnDeviceError } = this.#goal.settings;
    const { surroundings, onNotice } = context;
    return new OnDemand({
      ...{ name, demand, lingerMs, outputs, over, exitOnDeviceError, onNotice, watch: surroundings.watch },
      begin: (until, from) => {
        state.enterFor("starting", null);
        return this.#begin(until, from);
      },
      onIdle: (failure) => this.#idle(failure),
    });
  }

  #idle(failure: UserError | null): void {
    const { state, live } = this.#options;
    state.enterFor("idle", failure ?? state.failure); // a start that nobody waited for to its end may have had its reasons
    if (failure !== null) live.keyWaiters.wake();
  }

  #count(packets: readonly Packet[]): void {
    const { meter, state, outputs, onReady } = this.#options;
    meter.count(packets);
    if (!outputs.isReady) return;
    if (state.isOnAir) return this.#countAgain();
    if (!this.#isReady) this.#tellOfFallback();
    this.#isReady = true;
    state.enterFor("on-air", null);
    onReady();
    this.onDemand?.ready();
  }

  /** After a change of what is captured, it is as at first. */
  #countAgain(): void {
    const { state } = this.#options;
    if (state.current !== "on-air" || state.failure !== null) state.enterFor(this.#health(), null);
  }

  /** Other tracks begin anew: until then there is nothing to watch. */
  #look(): void {
    const { state, outputs } = this.#options;
    if (!state.isOnAir) return;
    if (outputs.isReady) state.enter(this.#health());
    else if (this.onDemand === null) state.enter("starting");
  }

  /** Once: it is the same each time that the stream starts. */
  #tellOfFallback(): void {
    const { context } = this.#options;
    const { settings } = this.#goal;
    const plan = this.session?.plan;
    if (plan === undefined) return;
    for (const event of fallbackEvents(plan, settings.video.copy)) context.onNotice(event);
  }

  /** Between two sessions, viewers get what fills the time. */
  #health(): StreamState {
    const isWell = this.session?.inputs.every(({ state }) => state === "running" || state === "ended");
    return isWell === true ? "on-air" : "degraded";
  }
}
