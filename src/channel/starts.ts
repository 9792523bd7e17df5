import type { UserError } from "../errors.ts";
import type { Packet } from "../media/packet.ts";
import type { Demand } from "../outputs/demand.ts";
import type { FanOut } from "../outputs/fan-out.ts";
import type { LiveOutput } from "../outputs/live/live-output.ts";
import type { ChannelSettings } from "../settings/settings.ts";
import type { StreamState } from "../status.ts";
import type { ChannelContext } from "./channel.ts";
import { fallbackEvents } from "./channel-events.ts";
import type { ChannelState } from "./channel-state.ts";
import { OnDemand, type StartingPoint } from "./on-demand.ts";
import type { ChannelPlan, Planner } from "./plan.ts";
import type { Session } from "./session.ts";
import { Start } from "./start.ts";
import type { Meter } from "./supervisor/meter.ts";

export interface StartsOptions {
  readonly settings: ChannelSettings;
  readonly context: Omit<ChannelContext, "place">;
  readonly planner: Planner;
  readonly live: Pick<LiveOutput, "keyWaiters">;
  readonly demand: Demand;
  readonly outputs: FanOut;
  readonly state: ChannelState;
  readonly meter: Meter;
  /** Raised when all is over. */
  readonly over: AbortSignal;
  /** A key frame can be watched, for the first time. */
  readonly onReady: () => void;
}

/** What runs of a channel: one start for good, or where it runs on demand, one whenever somebody wants it. */
export class Starts {
  /** null where it runs whether anybody watches or not. */
  readonly onDemand: OnDemand | null;
  readonly #options: StartsOptions;
  #current: Start | null = null;
  #isReady = false;

  constructor(options: StartsOptions) {
    this.#options = options;
    const { onDemand } = options.settings;
    this.onDemand = onDemand && this.#demanded(onDemand.lingerMs);
  }

  /** The newest one; null before the device was found. */
  get session(): Session | null {
    return this.#current?.current ?? null;
  }

  /** Until the inputs end, or all is over. @throws UserError */
  async run(plan: ChannelPlan | null): Promise<void> {
    if (this.onDemand === null) await this.#begin(this.#options.over, { plan, kept: null }).run();
    else await this.onDemand.run(plan);
  }

  #begin(over: AbortSignal, from: StartingPoint): Start {
    const { settings, context, planner, outputs, state, meter } = this.#options;
    const { surroundings, onFfmpegLine, onNotice } = context;
    this.#current = new Start({
      ...{ settings, planner, surroundings, outputs, over, ...from },
      events: {
        ...{ onFfmpegLine, onNotice },
        onWaiting: (failure) => state.enterFor("waiting", failure),
        onPackets: (packets) => this.#count(packets),
        onDropped: (track, dropped) => meter.countDropped(track, dropped),
        onChange: () => {
          if (state.isOnAir && outputs.isReady) state.enter(this.#health());
        },
      },
    });
    return this.#current;
  }

  #demanded(lingerMs: number): OnDemand {
    const { settings, context, demand, outputs, over, state } = this.#options;
    const { name, exitOnDeviceError } = settings;
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
    if (state.isOnAir || !outputs.isReady) return;
    if (!this.#isReady) this.#tellOfFallback();
    this.#isReady = true;
    state.enterFor("on-air", null);
    onReady();
    this.onDemand?.ready();
  }

  /** Once: it is the same each time that the stream starts. */
  #tellOfFallback(): void {
    const { settings, context } = this.#options;
    const plan = this.session?.plan;
    if (plan === undefined) return;
    for (const event of fallbackEvents(plan, settings.video.copy)) context.onNotice(event);
  }

  #health(): StreamState {
    const inputs = this.session?.inputs ?? [];
    return inputs.every(({ state }) => state === "running" || state === "ended") ? "on-air" : "degraded";
  }
}
