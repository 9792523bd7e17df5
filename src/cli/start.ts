import { constants } from "node:os";
import { commandLines, startCast } from "../cast.ts";
import { exitCodes } from "../failure.ts";
import type { OnAir } from "../on-air.ts";
import { type FlagTexts } from "../settings/read-options.ts";
import { resolveStartSettings } from "../settings/resolve.ts";
import type { StartSettings } from "../settings/settings.ts";
import { startOptions } from "../settings/start-options.ts";
import type { Command, Environment, Io } from "./command.ts";
import { Report } from "./report.ts";

/** What this command needs of the rest, so that a test can play its part. */
export interface Studio {
  startCast(settings: StartSettings, options: StudioOptions): Promise<RunningCast>;
  /** The ffmpeg command lines, quoted for a shell. */
  commandLines(settings: StartSettings, options: StudioOptions): Promise<readonly string[]>;
}

interface StudioOptions {
  readonly env: Environment;
  readonly onFfmpegLine: (line: string) => void;
  readonly onNotice: (line: string) => void;
}

/** A cast as this command handles it. */
export interface RunningCast {
  /** Resolves when it can be watched, with null if it was stopped before. */
  readonly onAir: Promise<OnAir | null>;
  /** Resolves when nothing of it is left; rejects when it failed. */
  readonly ended: Promise<void>;
  stop(): Promise<void>;
  kill(): void;
}

/** `flvcast start` */
export const start: Command = {
  usage: "flvcast start --device DEVICE [options]",
  description: "Captures a device and serves it as HTTP-FLV. The URL to watch goes to stdout.",
  flags: Object.values(startOptions),
  examples: [
    ["flvcast start --device cam0", "the first camera, with its own microphone"],
    ["flvcast start --device Logi --audio default", "a camera by part of its name, another microphone"],
    ["flvcast start --device test", "serves http://127.0.0.1:8080/live/test.flv"],
    ["flvcast start --device screen --fps 15", "the X11 screen"],
    ["flvcast start --device talk.mp4 --loop --copy", "a file, as it is"],
    ["rpicam-vid -t 0 --inline -o - | flvcast start --device -", "a Raspberry Pi's camera"],
  ],
  epilogue: "Every option also works as a variable: --ready-timeout is FLVCAST_READY_TIMEOUT.",
  run: (flags, env, io) => runStart(flags, env, io, { startCast, commandLines }),
};

/** Runs one cast from its first picture to its end. Resolves to the exit code. @throws UserError */
export async function runStart(flags: FlagTexts, env: Environment, io: Io, studio: Studio): Promise<number> {
  const settings = resolveStartSettings(flags, env);
  const report = new Report(io.stderr, settings, env);
  const options = {
    env,
    onFfmpegLine: (line: string) => report.ffmpegLine(line),
    onNotice: (line: string) => report.line(line),
  };
  if (settings.dryRun) {
    printCommandLines(await studio.commandLines(settings, options), settings.json, io);
    return exitCodes.ok;
  }
  const signals = new Signals(io);
  try {
    const starting = studio.startCast(settings, options);
    report.starting(settings.name);
    const cast = await starting;
    signals.direct(cast);
    await Promise.race([cast.onAir, cast.ended]); // hears a failure of either, so that none goes unhandled
    const onAir = await cast.onAir;
    report.started();
    if (onAir !== null) {
      io.stdout.write(`${settings.json ? JSON.stringify(onAir) : onAir.url}\n`);
      report.onAir(onAir);
    }
    await cast.ended;
    return exitCodes.ok;
  } finally {
    report.started();
    signals.release();
  }
}

function printCommandLines(lines: readonly string[], json: boolean, io: Io): void {
  if (json) io.stdout.write(`${JSON.stringify({ commands: lines })}\n`);
  else for (const line of lines) io.stdout.write(`${line}\n`);
}

const stopSignals = ["SIGHUP", "SIGINT", "SIGTERM"] as const;

/** The exit code of a forced end as shells give it. */
const forcedExitCode = (signal: NodeJS.Signals): number => 128 + constants.signals[signal];

/** The first signal stops the cast in order, the second at once. */
class Signals {
  readonly #io: Io;
  #cast: RunningCast | null = null;
  #received = 0;

  constructor(io: Io) {
    this.#io = io;
    for (const signal of stopSignals) io.on(signal, this.#onSignal);
  }

  /** From now on there is something to stop; what came before counts. */
  direct(cast: RunningCast): void {
    this.#cast = cast;
    if (this.#received > 0) this.#stop(cast);
  }

  release(): void {
    for (const signal of stopSignals) this.#io.off(signal, this.#onSignal);
  }

  readonly #onSignal = (signal: NodeJS.Signals): void => {
    this.#received += 1;
    if (this.#received > 1) {
      this.#cast?.kill();
      this.#io.exit(forcedExitCode(signal));
    } else if (this.#cast !== null) this.#stop(this.#cast);
  };

  #stop(cast: RunningCast): void {
    cast.stop().catch(() => {}); // how it went is what `ended` says
  }
}
