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
    help: "give up if the stream is not up by then",
    fallbackText: "15s",
    fallback: 15_000,
    parse: parseDurationMs,
  },
  stallMs: {
    flag: "stall",
    group: "Running",
    metavar: "TIME",
    help: "restart an input that sends nothing for this long; slow inputs get three times their longest pause",
    fallbackText: "5s",
    fallback: 5000,
    parse: parseDurationMs,
  },
  wait: switchOption("wait", "Running", "wait for a missing device instead of failing, e.g. at boot"),
  exitOnDeviceError: switchOption(
    "exit-on-device-error",
    "Running",
    "exit when an input fails instead of restarting it",
  ),
  ffmpeg: {
    flag: "ffmpeg",
    group: "Running",
    metavar: "PATH",
    help: "path of the ffmpeg to use",
    fallbackText: "the one in PATH",
    fallback: null,
    suggestions: { files: true },
    path: "program",
    parse: parsePath,
  },
  detach: switchOption(
    "detach",
    "Running",
    "run in the background; returns once the stream is up. See flvcast status, logs, stop",
    { short: "D", isFlagOnly: true },
  ),
  dryRun: switchOption("dry-run", "Running", "print the ffmpeg command lines without running them"),
  showSecrets: switchOption("show-secrets", "Running", "with --dry-run: also print passwords"),
  qr: switchOption("qr", "Running", "show a QR code of the URL even if only this machine can watch"),
  noQr: switchOption("no-qr", "Running", "do not show a QR code of the URL"),
  json: switchOption("json", "Running", "print a JSON object instead of the URL"),
  quiet: switchOption("quiet", "Running", "print only the URL and errors", { short: "q" }),
  verbose: switchOption("verbose", "Running", "also show viewers coming and going, and ffmpeg's output", {
    short: "v",
  }),
  logFormat: {
    flag: "log-format",
    group: "Running",
    metavar: "FORMAT",
    help: "format of messages on stderr: text, json (one object per line) or auto (text; in a log file with the time, in systemd's journal with the priority)",
    fallbackText: "auto",
    fallback: "auto",
    suggestions: { words: logFormats },
    parse: parseLogFormat,
  },
};
