import type { Demand } from "../outputs/demand.ts";
import type { LiveOutput } from "../outputs/live/live-output.ts";
import type { ViewerSettings } from "../settings/settings.ts";
import type { Standby } from "../stream.ts";
import type { ChannelState } from "./channel-state.ts";
import type { OnDemand } from "./on-demand.ts";

export interface StandbyOptions {
  readonly live: Pick<LiveOutput, "hub" | "keyWaiters">;
  readonly onDemand: Pick<OnDemand, "failure">;
  readonly state: Pick<ChannelState, "failure">;
  readonly limits: () => Pick<ViewerSettings, "keyWaitMs" | "maxViewers">;
}

/** A channel that runs on demand, as the server sees it. */
export function standbyOf({ live, onDemand, state, limits }: StandbyOptions): Standby {
  return {
    get keyWaitMs() {
      return limits().keyWaitMs;
    },
    get isFull() {
      return (live.hub?.viewerCount ?? 0) + live.keyWaiters.count >= limits().maxViewers;
    },
    get failure() {
      return onDemand.failure;
    },
    get reason() {
      return state.failure?.reason ?? null;
    },
    hold: (onOver) => live.keyWaiters.hold(onOver),
  };
}

/** Has the stream started, and waits as a viewer would; what came of it is the channel's state. */
export async function awaken(standby: Standby): Promise<void> {
  if (standby.failure !== null) return;
  await new Promise<void>((resolve) => {
    const done = () => {
      clearTimeout(timer);
      release();
      resolve();
    };
    const timer = setTimeout(done, standby.keyWaitMs);
    const release = standby.hold(done);
  });
}

/** Counts among those who want the stream until it is done. */
export async function wanting<Value>(demand: Demand, what: () => Promise<Value>): Promise<Value> {
  const release = demand.take();
  try {
    return await what();
  } finally {
    release();
  }
}
