import { createStream, type StreamSettings } from "../app/start-stream.ts";
import type { Channel } from "../channel/channel.ts";
import type { OnAir } from "../channel/description.ts";
import { type CommandLineOptions, commandLines } from "../channel/dry-run.ts";
import { supervisionLimits } from "../channel/supervisor/limits.ts";
import { LAUNCHED } from "../control/launch.ts";
import { boundLog, logPathOf } from "../control/log-file.ts";
import { type Control, type Controllable, type ControlOptions, serveControl } from "../control/serve.ts";
import { exitCodes } from "../errors.ts";
import type { EventHooks } from "../events/event-hooks.ts";
import type { LogEvent } from "../log.ts";
import type { FlagTexts } from "../settings/read-options.ts";
import { comparedOptions, resolveStartSettings } from "../settings/resolve.ts";
import type { ChannelSettings, CommandSettings } from "../settings/settings.ts";
import { startOptions } from "../settings/start-options.ts";
import { foldersOf } from "../system/folders.ts";
import { thisMachine } from "../system/machine.ts";
import { SystemdReporter, type SystemdReporterOptions } from "../systemd/reporter.ts";
import { saveClipsOnSignal } from "./clip-signal.ts";
import type { Command, Environment, Io } from "./command.ts";
import { detach } from "./detach.ts";
import { endedEvent } from "./ending.ts";
import { isSameFile } from "./log-form.ts";
import { hooksFor } from "./on-event.ts";
import { explained } from "./port-in-use.ts";
import { publishEvents, publishLines } from "./publish-lines.ts";
import { qrCode } from "./qr-code.ts";
import { Report } from "./report.ts";
import { streamLines } from "./serve-lines.ts";
import { endSignals, Signals } from "./signals.ts";
import { startSeveral } from "./start-several.ts";
import { takeName } from "./take-name.ts";
import { oncePerMachine } from "./told-once.ts";
import { UrlOutput, withToken } from "./url-output.ts";
import { type WatchLines, watchLines } from "./watch-lines.ts";

/** What this command needs of the rest, so that a test can play its part. */
export interface StartDependencies {
  createStream(settings: StreamSettings, options: StartCallbacks): RunningStream;
  commandLines(settings: ChannelSettings, options: CommandLineOptions): Promise<readonly string[]>;
  /** Takes the stream's name, and answers for it: serveControl. */
  serveControl(options: ControlOptions): Promise<Control>;
  detach(flags: FlagTexts, env: Environment, io: Io): Promise<number>;
}

/** A stream as `start` handles it. */
export type RunningStream = Controllable &
  Pick<Channel, "start" | "opened" | "onAir" | "ended" | "ending" | "kill" | "saveClip">;

interface StartCallbacks {
  readonly env: Environment;
  readonly onFfmpegLine: (line: string) => void;
  readonly onNotice: (event: LogEvent) => void;
}

export const start: Command = {
  usage: "flvcast start DEVICE… [options]",
  description:
    "Streams a device over HTTP-FLV and prints the URL to watch. NAME=DEVICE also names the stream. Several devices are streams of one server.",
  takesMore: true,
  flags: Object.values(startOptions),
  examples: [
    ["flvcast start cam0", "the first camera, with its own microphone"],
    ["flvcast start garden=cam0 --host 0.0.0.0", 'named "garden", for viewers on other machines'],
    ["flvcast start front=cam0 back=cam1", "two cameras on one port"],
    ["flvcast start Logi --audio default", "a camera by part of its name, with another microphone"],
    ["flvcast start test", "a test pattern, at http://127.0.0.1:8080/live/test.flv"],
    ["flvcast start screen --fps 15", "the X11 screen"],
    ["flvcast start live=rtmp --host 0.0.0.0", "what OBS or a phone publishes over RTMP"],
    ["flvcast start talk.mp4 --loop --copy", "a file, repeated, without re-encoding"],
    [
      "rpicam-vid -t 0 --inline --flush --low-latency --libav-format h264 -o - | flvcast start -",
      "a Raspberry Pi camera",
    ],
  ],
  epilogue: "Options can also be set as environment variables: --ready-timeout is\nFLVCAST_READY_TIMEOUT.",
  run: (flags, env, io, words) =>
    words.length > 1
      ? startSeveral(words, flags, env, io)
      : runStart(flags, env, io, { createStream, commandLines, serveControl, detach }),
};

/** Runs one stream from its first picture to its end. Resolves to the exit code. @throws UserError */
export async function runStart(
  flags: FlagTexts,
  env: Environment,
  io: Io,
  dependencies: StartDependencies,
): Promise<number> {
  const settings = resolveStartSettings(flags, env);
  const { channel, command } = settings;
  const { name } = channel;
  const report = new Report(io.stderr, command, env);
  let hooks: EventHooks | null = null;
  const options = {
    env,
    onFfmpegLine: (line: string) => report.ffmpegLine(line),
    onNotice: (event: LogEvent) => {
      report.event(command.quiet ? event : oncePerMachine(event, foldersOf(env).lasting));
      hooks?.notice(event, name);
    },
  };
  if (command.dryRun) {
    const { showSecrets, json } = command;
    printCommandLines(await dependencies.commandLines(channel, { ...options, showSecrets }), json, io);
    report.end();
    return exitCodes.ok;
  }
  if (command.detach) return dependencies.detach(flags, env, io);
  const { onEvent } = command;
  if (onEvent !== null) hooks = await hooksFor(onEvent, { name, env, report, status: () => stream.status() });
  const stream = dependencies.createStream(settings, options);
  const kill = () => {
    stream.kill();
    hooks?.kill();
  };
  const signals = new Signals(io, { stop: () => stream.stop(), kill }, endSignals(env));
  const saveNoClips = saveClipsOnSignal(io, () => [stream]);
  const folder = foldersOf(env).state;
  const unboundLog = boundLog(logPathOf(folder, name), io);
  const reporter = new SystemdReporter(() => [stream.status()], reporterOptions(channel, options));
  const urls = new UrlOutput(io, options.onNotice);
  let control: Control | null = null;
  try {
    const held = { name, folder, target: stream, options: comparedOptions(flags, env) };
    control = await takeName(name, () => dependencies.serveControl(held), options.onNotice);
    stream.start();
    report.starting(name, stream.opened);
    const showsToken = command.showToken || io.stdout.isTTY;
    const isEarly = LAUNCHED in env && channel.device.kind === "publisher"; // nobody can wait for a publisher
    const onOpened = () => {
      tellPublishers(stream, report, showsToken);
      if (isEarly) urls.write(name, earlyLine(stream, command, showsToken));
    };
    void stream.opened.then(onOpened).catch(() => undefined); // `ended` says
    const onAir = await stream.onAir;
    const onAirMs = performance.now();
    report.started();
    reporter.look();
    if (onAir !== null) {
      const shown = showsToken ? withToken(onAir, stream) : onAir;
      report.access(onAir, shown.url);
      const lines = await linesFor(shown, { report, command, io, env });
      report.print(lines.above);
      if (!isEarly) urls.write(name, command.json ? JSON.stringify(shown) : shown.url);
      report.print(lines.below);
    }
    await stream.ended;
    const ending = { ...stream.ending, onAirMs: performance.now() - onAirMs };
    if (onAir !== null) report.ended(endedEvent(channel, ending));
    return urls.end();
  } catch (failure) {
    throw await explained(failure, settings.server, env);
  } finally {
    report.started();
    await Promise.all([hooks?.close(), reporter.stop(), control?.close()]);
    report.end();
    unboundLog();
    signals.release();
    saveNoClips();
  }
}

/** Where to publish it, as soon as that is possible: it is on the air only then. */
function tellPublishers(stream: RunningStream, report: Report, isKeyShown: boolean): void {
  const address = stream.publishAt();
  if (address !== null && isKeyShown && report.isForPerson) report.print(publishLines(address));
  else for (const event of publishEvents(stream)) report.event(event);
}

/** Of a stream that publishers can connect to: its URL, or what is known of it so far. */
function earlyLine(stream: RunningStream, { json }: CommandSettings, showsToken: boolean): string {
  const lines = streamLines([stream], { json: true, isTerminal: false, showsToken });
  const url = stream.status().url ?? "";
  const shownUrl = showsToken ? stream.withToken(url) : url;
  return json ? lines.map(({ text }) => text).join("\n") : shownUrl;
}

interface Shown {
  readonly report: Report;
  readonly command: CommandSettings;
  readonly io: Io;
  readonly env: Environment;
}

/** What stands around the URL on a terminal, with a QR code where others can watch. */
async function linesFor(shown: OnAir, { report, command, io, env }: Shown): Promise<WatchLines> {
  if (!report.isForPerson) return { above: "", below: "" };
  const hasUrl = io.stdout.isTTY && isSameFile(io.stdout, io.stderr);
  const { above, below } = watchLines(shown, { hasUrl });
  const lacksToken = shown.needsToken && new URL(shown.url).search === "";
  const isWanted = command.qr || (shown.isPublic && !command.noQr && !lacksToken);
  if (!isWanted) return { above, below };
  const { text, columns } = await qrCode(shown.pageUrl, { isColored: !env["NO_COLOR"] });
  const tooNarrow = command.qr ? `No QR code: it takes ${columns} columns\n` : "";
  return { above: (io.stderr.columns >= columns ? text : tooNarrow) + above, below };
}

/** How systemd is told of a stream, where it wants to know. */
function reporterOptions(
  { stallMs }: ChannelSettings,
  { env, onNotice }: StartCallbacks,
): SystemdReporterOptions {
  return {
    machine: thisMachine(env),
    onNotice,
    limits: () => supervisionLimits(stallMs),
  };
}

function printCommandLines(lines: readonly string[], json: boolean, io: Io): void {
  if (json) io.stdout.write(`${JSON.stringify({ commands: lines })}\n`);
  else for (const line of lines) io.stdout.write(`${line}\n`);
}
