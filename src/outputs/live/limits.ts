import { defaultGopLimits, type GopLimits } from "../gop-cache.ts";
import type { LagLimits } from "./viewer.ts";

export interface HubLimits extends GopLimits, LagLimits {
  readonly maxViewers: number;
  /** Who comes while there is no key frame to begin with waits for one so long. */
  readonly keyWaitMs: number;
  /** A tag never waits longer than this for others; 0: not at all. */
  readonly maxBatchMs: number;
}

/** What a stream allows where nobody says otherwise: the options' defaults, too. */
export const defaultHubLimits: HubLimits = {
  maxViewers: 5000,
  keyWaitMs: 10_000,
  maxBatchMs: 100,
  ...defaultGopLimits,
  maxLagMs: 3000,
  viewerTimeoutMs: 20_000,
};
