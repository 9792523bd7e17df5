import { App } from "../app/app.ts";
import type { Channel } from "../channel/channel.ts";
import { supervisionLimits } from "../channel/supervisor/limits.ts";
import { type Control, serveControl } from "../control/serve.ts";
import { UserError } from "../errors.ts";
import type { LogEvent } from "../log.ts";
import type { FlagTexts } from "../settings/read-options.ts";
import { comparedOptions, resolveStartSettings } from "../settings/resolve.ts";
import type { StartSettings } from "../settings/settings.ts";
import { startOptions } from "../settings/start-options.ts";
import { foldersOf } from "../system/folders.ts";
import { thisMachine } from "../system/machine.ts";
import { SystemdReporter } from "../systemd/reporter.ts";
import { flagsOfWord } from "./arguments.ts";
import type { Environment, Io } from "./command.ts";
import { endedEvent } from "./ending.ts";
import { explained } from "./port-in-use.ts";
import { Report } from "./report.ts";
import { inStream, streamLines } from "./serve-lines.ts";
import { endSignals, Signals } from "./signals.ts";
import { takeName } from "./take-name.ts";
import { oncePerMachine } from "./told-once.ts";
import { UrlOutput, withToken } from "./url-output.ts";

/** One of the devices of a start, and what it was asked for. */
interface Started {
  readonly flags: FlagTexts;
  readonly settings: StartSettings;
}

/**
 * `flvcast start front=cam0 back=cam1`: one server with a stream for each, which ends with the last of them. Resolves to the
 * exit code. @throws UserError where none can be had
 */
export async function startSeveral(
  words: readonly string[],
  flags: FlagTexts,
  env: Environment,
  io: Io,
): Promise<number> {
  const all = eachOf(words, flags, env);
  const [{ settings: common }] = all;
  const { command, server } = common;
  const report = new Report(io.stderr, command, env);
  const onNotice = (event: LogEvent, stream: string | null = null) =>
    report.event(inStream(command.quiet ? event : oncePerMachine(event, foldersOf(env).lasting), stream));
  const app = new App(
    {
      ...server,
      maxViewers: all.reduce((sum, { settings }) => sum + settings.channel.viewers.maxViewers, 0),
      ...{ tokenName: common.channel.name, endsWithChannels: true },
    },
    { env, onFfmpegLine: (line, stream) => report.ffmpegLine(`"${stream}": ${line}`), onNotice },
  );
  const channels = all.map(({ settings }) => app.add(settings.channel));
  const kill = () => {
    for (const channel of channels) channel.kill();
  };
  const signals = new Signals(io, { stop: () => app.close(), kill }, endSignals(env));
  const stallMs = Math.max(...all.map(({ settings }) => settings.channel.stallMs));
  const reporter = new SystemdReporter(() => app.channels.map((channel) => channel.status()), {
    ...{ machine: thisMachine(env), onNotice, limits: supervisionLimits(stallMs) },
  });
  const urls = new UrlOutput(io, onNotice);
  const controls = new Map<string, Control>();
  const giveFree = async (name: string) => {
    const control = controls.get(name);
    controls.delete(name);
    await control?.close();
  };
  try {
    const folder = foldersOf(env).state;
    for (const [index, target] of channels.entries()) {
      const options = comparedOptions(all[index]?.flags ?? flags, env);
      const held = { name: target.name, folder, target, options };
      const control = await takeName(target.name, () => serveControl(held), onNotice);
      if (control !== null) controls.set(target.name, control);
    }
    await app.open();
    report.starting(channels.map(({ name }) => name).join('", "'));
    const runs = channels.map((channel, index) =>
      runOf(channel, {
        ...{ settings: all[index]?.settings ?? common, report },
        onEnded: () => giveFree(channel.name),
      }),
    );
    await Promise.all(runs.map((run) => run.onAir));
    report.started();
    reporter.look();
    const shows = command.showToken || io.stdout.isTTY;
    const watchable = channels.filter(({ name }) => app.channels.some((channel) => channel.name === name));
    const lines = streamLines(watchable, { json: false, isTerminal: io.stdout.isTTY, showsToken: shows });
    for (const [index, channel] of watchable.entries()) {
      const onAir = command.json ? await channel.onAir.catch(() => null) : null;
      const json = onAir && JSON.stringify(shows ? withToken(onAir, channel) : onAir);
      urls.write(channel.name, json ?? lines[index]?.text ?? "");
    }
    const failures = await Promise.all(runs.map((run) => run.ended));
    const [first] = failures.filter((failure) => failure !== null);
    return first?.exitCode ?? urls.end();
  } catch (failure) {
    throw await explained(failure, server, env);
  } finally {
    await app.close();
    report.started();
    report.end();
    await reporter.stop();
    for (const name of [...controls.keys()]) await giveFree(name);
    signals.release();
  }
}

/** @throws UserError where what is asked for is not for several */
function eachOf(
  words: readonly string[],
  flags: FlagTexts,
  env: Environment,
): readonly [Started, ...Started[]] {
  for (const { flag } of [startOptions.name, startOptions.device])
    if (flags.has(flag)) throw usage(`--${flag} is for one stream: for several, use NAME=DEVICE for each`);
  for (const { flag } of [startOptions.detach, startOptions.dryRun])
    if (flags.has(flag)) throw usage(`--${flag} is for one stream: for several, see flvcast serve`);
  const all = words.map((word) => {
    const own = new Map([...flags, ...flagsOfWord(Object.values(startOptions), word)]);
    return { flags: own, settings: resolveStartSettings(own, env) };
  });
  const names = all.map(({ settings }) => settings.channel.name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw usage(`two streams are named "${twice}": use NAME=DEVICE for each`);
  if (all.filter(({ settings }) => settings.channel.device.kind === "stdin").length > 1)
    throw usage("stdin is given twice: one stream can read it");
  const [first, ...others] = all;
  if (first === undefined) throw usage("no device given");
  return [first, ...others];
}

interface Run {
  /** Resolves when it is on the air, or will never be. */
  readonly onAir: Promise<unknown>;
  /** Its failure, which has been told; null where it ended well. */
  readonly ended: Promise<UserError | null>;
}

interface RunOptions {
  readonly settings: StartSettings;
  readonly report: Report;
  /** Whoever stops it by its name waits until that is free. */
  readonly onEnded: () => Promise<void>;
}

function runOf(channel: Channel, { settings, report, onEnded }: RunOptions): Run {
  const { name } = channel;
  let onAirMs: number | null = null;
  channel.start();
  const onAir = channel.onAir.then(
    () => (onAirMs = performance.now()),
    () => undefined, // told when it has ended
  );
  const ended = channel.ended.then(
    () => {
      if (onAirMs === null) return null;
      const ending = { ...channel.ending, onAirMs: performance.now() - onAirMs };
      report.ended(inStream(endedEvent(settings.channel, ending), name));
      return null;
    },
    (failure: unknown) => {
      if (!(failure instanceof UserError)) throw failure;
      const { message: text, reason, exitCode } = failure;
      report.event(inStream({ level: "error", event: "failed", text, fields: { reason, exitCode } }, name));
      return failure;
    },
  );
  return { onAir, ended: ended.finally(async () => await onEnded()) };
}

function usage(message: string): UserError {
  return new UserError("usage", message);
}
