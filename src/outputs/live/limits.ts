import type { GroupLimits } from "./gop-cache.ts";
import type { LagLimits } from "./viewer.ts";

export interface HubLimits extends GroupLimits, LagLimits {
  readonly maxViewers: number;
  /** A tag never waits longer than this for others; 0: not at all. */
  readonly maxBatchMs: number;
}

/** What a stream allows where nobody says otherwise: the options' defaults, too. */
export const defaultHubLimits: HubLimits = {
  maxViewers: 5000,
  maxBatchMs: 100,
  maxGroupBytes: 32 * 1024 * 1024,
  maxGroupMs: 60_000,
  maxLagMs: 3000,
  viewerTimeoutMs: 20_000,
};
