import { commandOptions } from "./option.ts";
import { parseDurationMs, parseText, refuse } from "./parse.ts";
import type { CheckSettings } from "./settings.ts";
import { startOptions } from "./start-options.ts";

/** A second of each is remembered. */
const MAX_WATCH_MS = 24 * 3_600_000;

function parseWatchMs(text: string): number {
  const watchMs = parseDurationMs(text);
  if (watchMs > MAX_WATCH_MS) refuse("is out of range: use up to 24h", "60");
  return watchMs;
}

/** Every option of `flvcast check`, in the order of the help text. */
export const checkOptions = commandOptions<CheckSettings>({
  target: {
    flag: "target",
    metavar: "URL|FILE",
    help: "URL of an HTTP-FLV stream, or a .flv file",
    fallbackText: "required",
    fallback: null,
    isPositional: true,
    suggestions: { files: true },
    parse: parseText,
  },
  watchMs: {
    flag: "seconds",
    metavar: "TIME",
    help: "how long to watch a URL: 10, 90s, 10m; files are read to the end",
    fallbackText: "10",
    fallback: 10_000,
    parse: parseWatchMs,
  },
  json: { ...startOptions.json, help: "print a JSON object" },
});
