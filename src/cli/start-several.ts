import { App } from "../app/app.ts";
import type { Channel } from "../channel/channel.ts";
import { supervisionLimits } from "../channel/supervisor/limits.ts";
import { type Control, serveControl } from "../control/serve.ts";
import { UserError } from "../errors.ts";
import type { LogEvent } from "../log.ts";
import type { FlagTexts } from "../settings/read-options.ts";
import { comparedOptions, resolveStartSettings } from "../settings/resolve.ts";
import type { CommandSettings, StartSettings } from "../settings/settings.ts";
import { startOptions } from "../settings/start-options.ts";
import { foldersOf } from "../system/folders.ts";
import { thisMachine } from "../system/machine.ts";
import { SystemdReporter } from "../systemd/reporter.ts";
import { flagsOfWord } from "./arguments.ts";
import { saveClipsOnSignal } from "./clip-signal.ts";
import type { Environment, Io } from "./command.ts";
import { endedEvent } from "./ending.ts";
import { ruleFor } from "./on-event.ts";
import { explained } from "./port-in-use.ts";
import { publishEvents } from "./publish-lines.ts";
import { Report } from "./report.ts";
import { ServeHooks } from "./serve-hooks.ts";
import { accessEvents, inStream, streamLines } from "./serve-lines.ts";
import { endSignals, Signals } from "./signals.ts";
import { takeName } from "./take-name.ts";
import { oncePerMachine } from "./told-once.ts";
import { UrlOutput } from "./url-output.ts";

/** One of the devices of a start, and what it was asked for. */
interface Asked {
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
  return await new SeveralRun(eachOf(words, flags, env), env, io).run();
}

/** @throws UserError where what is asked for is not for several */
function eachOf(words: readonly string[], flags: FlagTexts, env: Environment): readonly Asked[] {
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
  if (all.some(({ settings }) => settings.channel.push.length > 0))
    throw usage(`--${startOptions.push.flag} is for one stream: for several, see flvcast serve`);
  if (all.filter(({ settings }) => settings.channel.device.kind === "stdin").length > 1)
    throw usage("stdin is given twice: only one stream can read it");
  return all;
}

interface Running extends Asked {
  readonly channel: Channel;
  readonly settled: Promise<void>;
  readonly settle: () => void;
  control: Control | null;
}

class SeveralRun {
  readonly #env: Environment;
  readonly #io: Io;
  readonly #command: CommandSettings;
  readonly #report: Report;
  readonly #hooks: ServeHooks;
  readonly #app: App;
  readonly #streams: readonly Running[];
  readonly #server: StartSettings["server"];

  constructor(all: readonly Asked[], env: Environment, io: Io) {
    const [first] = all;
    if (first === undefined) throw usage("no device given");
    const { command, server, channel } = first.settings;
    this.#env = env;
    this.#io = io;
    this.#command = command;
    this.#server = server;
    this.#report = new Report(io.stderr, command, env);
    this.#hooks = new ServeHooks({
      ...{ server: channel.name, env, streams: () => this.#app.channels },
      onNotice: (event) => this.#report.event(event),
    });
    const maxViewers = all.reduce((sum, { settings }) => sum + settings.channel.viewers.maxViewers, 0);
    const hasPublishers = all.some(({ settings }) => settings.channel.device.kind === "publisher");
    this.#app = new App(
      {
        ...{ ...server, maxViewers, tokenName: channel.name, hasPublishers },
        ...{ ffmpeg: channel.ffmpeg, endsWithChannels: true },
      },
      {
        env,
        onFfmpegLine: (line, stream) => this.#report.ffmpegLine(`"${stream}": ${line}`),
        onNotice: (event, stream) => this.#tell(event, stream),
      },
    );
    this.#streams = all.map((asked) => ({
      ...{ ...asked, channel: this.#app.add(asked.settings.channel), control: null },
      ...settling(),
    }));
  }

  async run(): Promise<number> {
    const stop = () => this.#app.close();
    const kill = () => {
      for (const { channel } of this.#streams) channel.kill();
      this.#hooks.kill();
    };
    const signals = new Signals(this.#io, { stop, kill }, endSignals(this.#env));
    const saveNoClips = saveClipsOnSignal(this.#io, () => this.#app.channels);
    const onNotice = (event: LogEvent) => this.#tell(event, null);
    const stallMs = Math.max(...this.#streams.map(({ settings }) => settings.channel.stallMs));
    const reporter = new SystemdReporter(() => this.#app.channels.map((channel) => channel.status()), {
      ...{ machine: thisMachine(this.#env), onNotice, limits: () => supervisionLimits(stallMs) },
    });
    const urls = new UrlOutput(this.#io, onNotice);
    const { onEvent } = this.#command;
    try {
      if (onEvent !== null) await this.#hooks.update([ruleFor(onEvent)]);
      for (const stream of this.#streams) await this.#take(stream);
      await this.#app.open();
      this.#report.starting(this.#streams.map(({ channel }) => channel.name).join('", "'));
      const ended = this.#streams.map((stream) => this.#runOne(stream));
      await Promise.all(this.#streams.map(({ settled }) => settled));
      this.#report.started();
      reporter.look();
      this.#print(urls);
      const failures = await Promise.all(ended);
      return failures.find((failure) => failure !== null)?.exitCode ?? urls.end();
    } catch (failure) {
      throw await explained(failure, this.#server, this.#env);
    } finally {
      await this.#app.close();
      this.#report.started();
      await Promise.all([this.#hooks.close(), reporter.stop()]);
      this.#report.end();
      for (const stream of this.#streams) await giveFree(stream);
      signals.release();
      saveNoClips();
    }
  }

  #tell(event: LogEvent, stream: string | null): void {
    if (event.event === "state-changed" && event.fields.state !== "starting")
      this.#streams.find(({ channel }) => channel.name === stream)?.settle();
    const once = this.#command.quiet ? event : oncePerMachine(event, foldersOf(this.#env).lasting);
    this.#report.event(inStream(once, stream));
    this.#hooks.notice(event, stream);
  }

  /** @throws UserError where another process has its name */
  async #take(stream: Running): Promise<void> {
    const { channel: target, flags } = stream;
    const { name } = target;
    const options = comparedOptions(flags, this.#env);
    const held = { name, folder: foldersOf(this.#env).state, target, options };
    stream.control = await takeName(
      name,
      () => serveControl(held),
      (event) => this.#tell(event, null),
    );
  }

  /** From its start to its end; resolves with its failure, which has been told, or null. */
  async #runOne(stream: Running): Promise<UserError | null> {
    const { channel, settings } = stream;
    let onAirMs: number | null = null;
    channel.onAir.then(
      () => (onAirMs = performance.now()),
      () => undefined, // told at its end
    );
    channel.start();
    try {
      await channel.ended;
      if (onAirMs !== null) {
        const ending = { ...channel.ending, onAirMs: performance.now() - onAirMs };
        this.#report.ended(inStream(endedEvent(settings.channel, ending), channel.name));
      }
      return null;
    } catch (failure) {
      if (!(failure instanceof UserError)) throw failure;
      const { message: text, reason, exitCode } = failure;
      this.#tell({ level: "error", event: "failed", text, fields: { reason, exitCode } }, channel.name);
      return failure;
    } finally {
      stream.settle();
      await giveFree(stream); // flvcast stop waits for that
    }
  }

  #print(urls: UrlOutput): void {
    const { json, showToken } = this.#command;
    const isTerminal = this.#io.stdout.isTTY;
    const showsToken = showToken || isTerminal;
    const [first] = this.#app.channels;
    if (first === undefined) return;
    for (const event of accessEvents(this.#app.home, first.name, showsToken)) this.#tell(event, null);
    for (const channel of this.#app.channels)
      for (const event of publishEvents(channel)) this.#tell(event, channel.name);
    for (const { name, text } of streamLines(this.#app.channels, { json, isTerminal, showsToken }))
      urls.write(name, text);
  }
}

function settling(): Pick<Running, "settled" | "settle"> {
  let settle!: () => void;
  const settled = new Promise<void>((resolve) => (settle = resolve));
  return { settled, settle };
}

async function giveFree(stream: Running): Promise<void> {
  const { control } = stream;
  stream.control = null;
  await control?.close();
}

function usage(message: string): UserError {
  return new UserError("usage", message);
}
