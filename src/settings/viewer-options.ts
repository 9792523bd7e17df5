import { defaultHubLimits } from "../outputs/live/limits.ts";
import type { OptionTable } from "./option.ts";
import { parseKeyWaitMs, parseMaxBatchMs, parseMaxLagMs, parseViewerTimeoutMs } from "./parse.ts";
import type { ViewerSettings } from "./settings.ts";

/** What becomes of the stream when many watch, and of those who cannot keep up. */
export const viewerOptions: OptionTable<Omit<ViewerSettings, "maxViewers">> = {
  maxBatchMs: {
    flag: "max-batch-ms",
    group: "Viewers",
    metavar: "MS",
    help: "how long frames may be batched when there are many viewers; 0: never",
    fallbackText: `${defaultHubLimits.maxBatchMs} from 900 viewers`,
    fallback: defaultHubLimits.maxBatchMs,
    parse: parseMaxBatchMs,
  },
  maxLagMs: {
    flag: "max-lag",
    group: "Viewers",
    metavar: "TIME",
    help: "viewers further behind skip to the next key frame",
    fallbackText: `${defaultHubLimits.maxLagMs / 1000}s`,
    fallback: defaultHubLimits.maxLagMs,
    parse: parseMaxLagMs,
  },
  viewerTimeoutMs: {
    flag: "viewer-timeout",
    group: "Viewers",
    metavar: "TIME",
    help: "disconnect viewers that accept no data for this long",
    fallbackText: `${defaultHubLimits.viewerTimeoutMs / 1000}s`,
    fallback: defaultHubLimits.viewerTimeoutMs,
    parse: parseViewerTimeoutMs,
  },
  keyWaitMs: {
    flag: "key-wait",
    group: "Viewers",
    metavar: "TIME",
    help: "how long a new viewer waits for a key frame before getting 503",
    fallbackText: `${defaultHubLimits.keyWaitMs / 1000}s`,
    fallback: defaultHubLimits.keyWaitMs,
    parse: parseKeyWaitMs,
  },
};
