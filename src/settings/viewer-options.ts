import { defaultHubLimits } from "../outputs/live/limits.ts";
import { grouped, timeWithin } from "./option.ts";
import { parseMaxBatchMs } from "./parse.ts";
import type { ViewerSettings } from "./settings.ts";

/** What becomes of the stream when many watch, and of those who cannot keep up. */
export const viewerOptions = grouped<Omit<ViewerSettings, "maxViewers">>("Viewers", {
  maxBatchMs: {
    flag: "max-batch-ms",
    metavar: "MS",
    help: "how long frames may be batched when there are many viewers; 0: never",
    fallbackText: `${defaultHubLimits.maxBatchMs} from 900 viewers`,
    fallback: defaultHubLimits.maxBatchMs,
    parse: parseMaxBatchMs,
  },
  maxLagMs: {
    flag: "max-lag",
    help: "viewers further behind skip to the next key frame",
    fallbackText: `${defaultHubLimits.maxLagMs / 1000}s`,
    fallback: defaultHubLimits.maxLagMs,
    ...timeWithin(1000, 60_000, "1s to 60s", "3s"),
  },
  viewerTimeoutMs: {
    flag: "viewer-timeout",
    help: "disconnect viewers that accept no data for this long",
    fallbackText: `${defaultHubLimits.viewerTimeoutMs / 1000}s`,
    fallback: defaultHubLimits.viewerTimeoutMs,
    ...timeWithin(5000, 3_600_000, "5s to 1h", "20s"),
  },
  keyWaitMs: {
    flag: "key-wait",
    help: "how long a new viewer waits for a key frame before getting 503",
    fallbackText: `${defaultHubLimits.keyWaitMs / 1000}s`,
    fallback: defaultHubLimits.keyWaitMs,
    ...timeWithin(1000, 60_000, "1s to 60s", "10s"),
  },
});
