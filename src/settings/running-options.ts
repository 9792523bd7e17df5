import { type OptionTable, switchOption } from "./option.ts";
import { parseDurationMs, parseLingerMs, parseLogFormat, parsePath } from "./parse.ts";
import { parseCommand } from "./parse-command.ts";
import { type CommandSettings, logFormats, type OnDemandValues, type RunSettings } from "./settings.ts";

/** How the channel runs, and what it says. */
export const runningOptions: OptionTable<RunSettings & OnDemandValues & Omit<CommandSettings, "showToken">> =
  {
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
    onDemand: switchOption(
      "on-demand",
      "Running",
      "run only while someone watches: check the device at the start, then close it until a viewer comes",
    ),
    lingerMs: {
      flag: "linger",
      group: "Running",
      metavar: "TIME",
      help: "with --on-demand: keep running for this long after the last viewer",
      fallbackText: "10s",
      fallback: 10_000,
      parse: parseLingerMs,
    },
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
    onEvent: {
      flag: "on-event",
      group: "Running",
      metavar: "COMMAND",
      help: "run this program whenever the stream goes up or down, a viewer comes or leaves, or an input fails; without a shell",
      fallbackText: null,
      fallback: null,
      suggestions: { files: true },
      parse: parseCommand,
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
