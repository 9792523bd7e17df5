import { accessOptions } from "./access-options.ts";
import { captureOptions } from "./capture-options.ts";
import { filterOptions } from "./filter-options.ts";
import { historyOptions } from "./history-options.ts";
import type { OptionTable } from "./option.ts";
import { publishOptions } from "./publish-options.ts";
import { pushOptions } from "./push-options.ts";
import { recordOptions, recordServerOptions } from "./record-options.ts";
import { runningOptions } from "./running-options.ts";
import { serveOptions } from "./serve-options.ts";
import type { CommandSettings, StartValues } from "./settings.ts";
import { viewerOptions } from "./viewer-options.ts";

/** Every option of `flvcast start`, in the order of the help text. */
export const startOptions: OptionTable<StartValues> = {
  ...captureOptions,
  ...filterOptions,
  ...serveOptions,
  ...pushOptions,
  ...accessOptions,
  ...publishOptions,
  ...viewerOptions,
  ...recordOptions,
  ...recordServerOptions,
  ...historyOptions,
  ...runningOptions,
};

/** What only the command has: how it runs, and what it prints. */
export const commandKeys: Readonly<Record<keyof CommandSettings, true>> = {
  ...{ detach: true, dryRun: true, showSecrets: true, showToken: true },
  ...{ qr: true, noQr: true, json: true, quiet: true, verbose: true, logFormat: true },
  ...{ onEvent: true },
};
