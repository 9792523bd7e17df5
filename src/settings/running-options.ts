import { grouped, switchOption, timeWithin, wordOf } from "./option.ts";
import { parseDurationMs, parsePath } from "./parse.ts";
import { parseCommand } from "./parse-command.ts";
import { type CommandSettings, logFormats, type OnDemandValues, type RunSettings } from "./settings.ts";

/** How the channel runs, and what it says. */
export const runningOptions = grouped<RunSettings & OnDemandValues & Omit<CommandSettings, "showToken">>(
  "Running",
  {
    durationMs: {
      flag: "duration",
      metavar: "TIME",
      help: "stop after this long: 90, 90s, 10m, 1h",
      fallbackText: "never",
      fallback: null,
      parse: parseDurationMs,
    },
    readyTimeoutMs: {
      flag: "ready-timeout",
      metavar: "TIME",
      help: "give up if the stream is not up by then",
      fallbackText: "15s",
      fallback: 15_000,
      parse: parseDurationMs,
    },
    stallMs: {
      flag: "stall",
      metavar: "TIME",
      help: "restart an input that sends nothing for this long; slow inputs get three times their longest pause",
      fallbackText: "5s",
      fallback: 5000,
      parse: parseDurationMs,
    },
    wait: switchOption("wait", "wait for a missing device instead of failing, e.g. at boot"),
    onDemand: switchOption(
      "on-demand",
      "run only while someone watches: check the device at the start, then close it until a viewer comes",
    ),
    lingerMs: {
      flag: "linger",
      help: "with --on-demand: keep running for this long after the last viewer",
      fallbackText: "10s",
      fallback: 10_000,
      ...timeWithin(1000, 86_400_000, "1s to 24h", "30s"),
    },
    exitOnDeviceError: switchOption(
      "exit-on-device-error",
      "exit when an input fails instead of restarting it",
    ),
    ffmpeg: {
      flag: "ffmpeg",
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
      metavar: "COMMAND",
      help: "run this program whenever the stream goes up or down, a viewer comes or leaves, or an input fails; without a shell",
      fallback: null,
      suggestions: { files: true },
      parse: parseCommand,
    },
    detach: switchOption(
      "detach",
      "run in the background; returns once the stream is up. See flvcast status, logs, stop",
      { short: "D", isFlagOnly: true },
    ),
    dryRun: switchOption("dry-run", "print the ffmpeg command lines without running them"),
    showSecrets: switchOption("show-secrets", "with --dry-run: also print passwords"),
    qr: switchOption("qr", "show a QR code of the URL even if only this machine can watch"),
    noQr: switchOption("no-qr", "do not show a QR code of the URL"),
    json: switchOption("json", "print a JSON object instead of the URL"),
    quiet: switchOption("quiet", "print only the URL and errors", { short: "q" }),
    verbose: switchOption("verbose", "also show viewers coming and going, and ffmpeg's output", {
      short: "v",
    }),
    logFormat: {
      flag: "log-format",
      metavar: "FORMAT",
      help: "format of messages on stderr: text, json (one object per line) or auto (text; in a log file with the time, in systemd's journal with the priority)",
      fallbackText: "auto",
      fallback: "auto",
      ...wordOf(logFormats, "is not a log format"),
    },
  },
);
