import { type OptionTable, switchOption } from "./option.ts";
import { parseDurationMs, parseLogFormat, parsePath } from "./parse.ts";
import { type CommandSettings, logFormats, type RunSettings } from "./settings.ts";

/** How the channel runs, and what it says. */
export const runningOptions: OptionTable<RunSettings & Omit<CommandSettings, "showToken">> = {
  durationMs: {
    flag: "duration",
    group: "Running",
    metavar: "TIME",
    help: "stop after this long: 90, 90s, 10m, 1h",
    fallbackText: "never",
    fallback: null,
    parse: parseDurationMs,
  },
  readyTimeoutMs: {
    flag: "ready-timeout",
    group: "Running",
    metavar: "TIME",
    help: "give up if nothing can be watched by then",
    fallbackText: "15s",
    fallback: 15_000,
    parse: parseDurationMs,
  },
  stallMs: {
    flag: "stall",
    group: "Running",
    metavar: "TIME",
    help: "restart a live input that sends nothing for this long; one that sends seldom has three times its longest pause",
    fallbackText: "5s",
    fallback: 5000,
    parse: parseDurationMs,
  },
  wait: switchOption(
    "wait",
    "Running",
    "wait for a device that is not there or fails at the start, instead of ending: for boot",
  ),
  exitOnDeviceError: switchOption(
    "exit-on-device-error",
    "Running",
    "end when an input fails, instead of restarting it",
  ),
  ffmpeg: {
    flag: "ffmpeg",
    group: "Running",
    metavar: "PATH",
    help: "the ffmpeg to run",
    fallbackText: "the system's",
    fallback: null,
    suggestions: { files: true },
    parse: parsePath,
  },
  detach: switchOption(
    "detach",
    "Running",
    "return when it can be watched, and let it run on without this terminal; see flvcast status, stop, logs",
    { isFlagOnly: true },
  ),
  dryRun: switchOption("dry-run", "Running", "print the ffmpeg command lines and capture nothing"),
  showSecrets: switchOption("show-secrets", "Running", "with --dry-run: print passwords, too"),
  qr: switchOption("qr", "Running", "show a QR code of the URL even if only this machine can watch"),
  noQr: switchOption("no-qr", "Running", "do not show a QR code of the URL"),
  json: switchOption("json", "Running", "print one JSON object instead of the URL"),
  quiet: switchOption("quiet", "Running", "say nothing but the URL and failures"),
  verbose: switchOption("verbose", "Running", "show what ffmpeg says"),
  logFormat: {
    flag: "log-format",
    group: "Running",
    metavar: "FORMAT",
    help: "how events are written to stderr: text, json (an object a line), or auto (text, with priorities for systemd's journal)",
    fallbackText: "auto",
    fallback: "auto",
    suggestions: { words: logFormats },
    parse: parseLogFormat,
  },
};
