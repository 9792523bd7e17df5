import { grouped, switchOption } from "./option.ts";
import { parsePath } from "./parse.ts";
import { runningOptions } from "./running-options.ts";
import type { ServeCommandSettings } from "./settings.ts";
import { startOptions } from "./start-options.ts";

/** What `flvcast serve` itself is asked for; the server's own options stand beside them. */
export const serveCommandOptions = grouped<ServeCommandSettings>("Running", {
  config: {
    flag: "config",
    short: "c",
    metavar: "FILE",
    help: "configuration file",
    fallbackText: "flvcast.yml here, or in the configuration folder",
    fallback: null,
    suggestions: { files: true },
    parse: parsePath,
  },
  watch: switchOption("watch", "reload the configuration when its file changes"),
  detach: {
    ...runningOptions.detach,
    help: "run in the background; returns once the streams are up. See flvcast status, logs, stop",
  },
  showToken: startOptions.showToken,
  json: { ...runningOptions.json, help: "print a JSON object for each stream instead of NAME and URL" },
  quiet: { ...runningOptions.quiet, help: "print only the URLs and errors" },
  verbose: runningOptions.verbose,
  logFormat: runningOptions.logFormat,
});
