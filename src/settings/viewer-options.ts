import { defaultHubLimits } from "../outputs/live/limits.ts";
import type { OptionTable } from "./option.ts";
import { parseKeyWaitMs, parseMaxBatchMs, parseMaxLagMs, parseViewerTimeoutMs } from "./parse.ts";
import type { ViewerSettings } from "./settings.ts";

/** What becomes of the stream when many watch, and of those who cannot keep up. */
export const viewerOptions: OptionTable<Omit<ViewerSettings, "maxViewers">> = {
  maxBatchMs: {
    flag: "max-batch-ms",
    group: "Many viewers",
    metavar: "MS",
    help: "how long a frame may wait for others when many watch, which saves work; 0 never waits",
    fallbackText: `${defaultHubLimits.maxBatchMs}, from 900 viewers on`,
    fallback: defaultHubLimits.maxBatchMs,
    parse: parseMaxBatchMs,
  },
  maxLagMs: {
    flag: "max-lag",
    group: "Many viewers",
    metavar: "TIME",
    help: "a viewer who is further behind goes on at the next key frame",
    fallbackText: `${defaultHubLimits.maxLagMs / 1000}s`,
    fallback: defaultHubLimits.maxLagMs,
    parse: parseMaxLagMs,
  },
  viewerTimeoutMs: {
    flag: "viewer-timeout",
    group: "Many viewers",
    metavar: "TIME",
    help: "a viewer who takes nothing of what is sent for so long is cut off",
    fallbackText: `${defaultHubLimits.viewerTimeoutMs / 1000}s`,
    fallback: defaultHubLimits.viewerTimeoutMs,
    parse: parseViewerTimeoutMs,
  },
  keyWaitMs: {
    flag: "key-wait",
    group: "Many viewers",
    metavar: "TIME",
    help: "how long a new viewer waits for a key frame if the last one is too long ago, then gets 503",
    fallbackText: `${defaultHubLimits.keyWaitMs / 1000}s`,
    fallback: defaultHubLimits.keyWaitMs,
    parse: parseKeyWaitMs,
  },
};
