import { StreamServer, type StreamServerOptions } from "../app/stream-server.ts";
import { supervisionLimits } from "../channel/supervisor/limits.ts";
import { readServerConfig, type ServerConfig } from "../config/file.ts";
import { boundLog, logPathOf } from "../control/log-file.ts";
import { holderOf } from "../control/name-lock.ts";
import { type Control, serveControl, serveServerControl } from "../control/serve.ts";
import { serverKey } from "../control/server-key.ts";
import { UserError } from "../errors.ts";
import { type LogEvent, warning } from "../log.ts";
import { type FlagTexts, readSettings } from "../settings/read-options.ts";
import { serveCommandOptions } from "../settings/serve-command-options.ts";
import type { ServeSettings } from "../settings/serve-settings.ts";
import { serverFlags } from "../settings/server-options.ts";
import type { ServeCommandSettings } from "../settings/settings.ts";
import type { StreamHandle } from "../stream.ts";
import { foldersOf } from "../system/folders.ts";
import { thisMachine } from "../system/machine.ts";
import { SystemdReporter } from "../systemd/reporter.ts";
import { saveClipsOnSignal } from "./clip-signal.ts";
import type { Command, Environment, Io } from "./command.ts";
import { ConfigReload } from "./config-reload.ts";
import { detachServe } from "./detach.ts";
import { explained } from "./port-in-use.ts";
import { publishEvents } from "./publish-lines.ts";
import { Report } from "./report.ts";
import { ServeHooks } from "./serve-hooks.ts";
import { accessEvents, inStream, streamLines } from "./serve-lines.ts";
import { hangupWatch, Signals } from "./signals.ts";
import { takeName } from "./take-name.ts";
import { oncePerMachine } from "./told-once.ts";
import { UrlOutput } from "./url-output.ts";

/** What this command needs of the rest, so that a test can play its part. */
export interface ServeDependencies {
  /** @throws UserError with a line for all that is wrong */
  readConfig(
    path: string | null,
    from: { readonly env: Environment; readonly flags: FlagTexts },
  ): Promise<ServerConfig>;
  createServer(settings: ServeSettings, options: StreamServerOptions): StreamServer;
  /** Has another process run it. */
  detach(flags: FlagTexts, config: ServerConfig, env: Environment, io: Io): Promise<number>;
}

export const serve: Command = {
  usage: "flvcast serve [--config FILE] [options]",
  description: "Serves the streams of a configuration file, all on one port.",
  flags: [...Object.values(serveCommandOptions), ...Object.values(serverFlags)],
  examples: [
    ["flvcast serve", "the streams of flvcast.yml"],
    ["flvcast serve -c house.yml --host 0.0.0.0 --detach", "in the background, for other machines"],
    ["flvcast serve --watch", "and read the file again whenever it changes"],
    ["flvcast serve --publish any", "whatever is published, without a file"],
  ],
  epilogue:
    'A minimal file: streams: { door: cam0, yard: "rtsp://10.0.0.20/main" }\nSIGHUP and flvcast reload read it again; streams that did not change are not\ninterrupted. Options given here take precedence over the file.',
  run: (flags, env, io) =>
    runServe(flags, env, io, {
      readConfig: readServerConfig,
      createServer: (settings, options) => new StreamServer(settings, options),
      detach: detachServe,
    }),
};

const NOTHING_TO_WATCH = "--watch works only with a configuration file";

/** Runs the streams of a file until it is stopped. Resolves to the exit code. @throws UserError */
export async function runServe(
  flags: FlagTexts,
  env: Environment,
  io: Io,
  dependencies: ServeDependencies,
): Promise<number> {
  const command = readSettings(serveCommandOptions, flags, env);
  const read = () => dependencies.readConfig(command.config, { env, flags });
  const config = await read();
  if (command.watch && config.path === null) throw new UserError("usage", NOTHING_TO_WATCH);
  if (command.detach) return await dependencies.detach(flags, config, env, io);
  const run = new ServeRun(config, command, { env, io, read, dependencies });
  return await run.run();
}

interface Surroundings {
  readonly env: Environment;
  readonly io: Io;
  readonly read: () => Promise<ServerConfig>;
  readonly dependencies: Pick<ServeDependencies, "createServer">;
}

/** One run of a server, and all that a process has beside it: its signals, its log, its name, systemd. */
class ServeRun {
  readonly #config: ServerConfig;
  readonly #command: ServeCommandSettings;
  readonly #env: Environment;
  readonly #io: Io;
  readonly #folder: string;
  readonly #report: Report;
  readonly #server: StreamServer;
  readonly #urls: UrlOutput;
  readonly #reporter: SystemdReporter;
  readonly #reload: ConfigReload;
  readonly #hooks: ServeHooks;

  constructor(
    config: ServerConfig,
    command: ServeCommandSettings,
    { env, io, read, dependencies }: Surroundings,
  ) {
    this.#config = config;
    this.#command = command;
    this.#env = env;
    this.#io = io;
    this.#folder = foldersOf(env).state;
    this.#report = new Report(io.stderr, command, env);
    this.#hooks = new ServeHooks({
      ...{ server: config.settings.serverName, env, streams: () => this.#server.streams },
      onNotice: (event) => this.#report.event(event),
    });
    const onNotice = (event: LogEvent, stream: string | null = null) => this.#tell(event, stream);
    this.#server = dependencies.createServer(config.settings, {
      env,
      onFfmpegLine: (line, stream) => this.#report.ffmpegLine(`"${stream}": ${line}`),
      onNotice,
      takeName: (stream) => this.#nameOf(stream),
    });
    this.#urls = new UrlOutput(io, onNotice);
    this.#reporter = new SystemdReporter(() => this.#server.streams.map((stream) => stream.status()), {
      ...{
        machine: thisMachine(env),
        onNotice,
        limits: () => supervisionLimits(longestStallMs(this.#server.settings)),
        isServer: true,
      },
    });
    this.#reload = new ConfigReload({ read, apply: (settings) => this.#apply(settings), onNotice });
  }

  async run(): Promise<number> {
    const { settings, path, warnings } = this.#config;
    const { name } = this.#server;
    const kill = () => {
      this.#server.kill();
      this.#hooks.kill();
    };
    const signals = new Signals(this.#io, { stop: () => this.#server.stop(), kill }, ["SIGINT", "SIGTERM"]);
    const saveNoClips = saveClipsOnSignal(this.#io, () => this.#server.streams);
    const onHangup = this.#onHangup();
    this.#io.on("SIGHUP", onHangup);
    const unboundLog = boundLog(logPathOf(this.#folder, serverKey(name)), this.#io);
    let control: Control | null = null;
    try {
      for (const text of warnings) this.#tell(warning("config-warning", text), null);
      await this.#hooks.update(settings.events);
      control = await this.#control();
      this.#report.starting(name);
      await this.#server.start();
      await this.#server.settled();
      this.#report.started();
      this.#reporter.look();
      if (!this.#server.isStopping) this.#print();
      this.#hooks.started();
      if (this.#command.watch && path !== null) this.#reload.watch(path);
      await this.#server.ended;
      return this.#urls.end();
    } catch (failure) {
      await this.#server.stop();
      throw await explained(failure, settings.server, this.#env);
    } finally {
      this.#reload.close();
      this.#report.started();
      await Promise.all([this.#hooks.close(), this.#reporter.stop(), control?.close()]);
      this.#report.end();
      unboundLog();
      signals.release();
      saveNoClips();
      this.#io.off("SIGHUP", onHangup);
    }
  }

  /** The one place that hears of everything, and knows of which stream. */
  #tell(event: LogEvent, stream: string | null): void {
    const once = this.#command.quiet ? event : oncePerMachine(event, foldersOf(this.#env).lasting);
    this.#report.event(inStream(once, stream));
    if (stream === null || this.#server.hasEvents(stream)) this.#hooks.notice(event, stream);
  }

  async #apply(settings: ServeSettings): Promise<void> {
    await this.#hooks.update(settings.events);
    await this.#reporter.reload(() => this.#server.reload(settings));
  }

  /** A terminal that is closed ends what runs in it, as it does everything else. */
  #onHangup(): () => void {
    const isHungUp = hangupWatch();
    return () => void (isHungUp() ? this.#server.stop() : this.#reload.try());
  }

  /** A server that cannot be found by its name is still worth watching. @throws UserError where another has the name */
  async #control(): Promise<Control | null> {
    const { name } = this.#server;
    const target = {
      name,
      reload: () => this.#reload.reload(),
      stop: () => this.#server.stop(),
      publishAt: () => this.#server.publishAt(),
    };
    return await takeName(
      name,
      () => serveServerControl(this.#folder, target),
      (event) => this.#tell(event, null),
    );
  }

  async #nameOf(target: StreamHandle): Promise<() => Promise<void>> {
    const { name } = target;
    const options = { name, folder: this.#folder, target, options: {} };
    try {
      const onNotice = (event: LogEvent) => this.#tell(event, name);
      const control = await takeName(name, () => serveControl(options), onNotice);
      return async () => await control?.close();
    } catch (error) {
      if (!(error instanceof UserError) || error.reason !== "alreadyRunning") throw error;
      const holder = await holderOf(this.#folder, name);
      const by = holder === null ? "" : ` (pid ${holder.pid})`;
      throw new UserError("alreadyRunning", `another stream has this name${by}`, { cause: error });
    }
  }

  #print(): void {
    const { json, showToken } = this.#command;
    const isTerminal = this.#io.stdout.isTTY;
    const showsToken = showToken || isTerminal;
    const { home, name: server } = this.#server;
    for (const event of accessEvents(home, server, showsToken)) this.#tell(event, null);
    for (const event of publishEvents(this.#server)) this.#tell(event, null);
    for (const stream of this.#server.streams)
      for (const event of publishEvents(stream)) this.#tell(event, stream.name);
    for (const { name, text } of streamLines(this.#server.streams, { json, isTerminal, showsToken }))
      this.#urls.write(name, text);
    const address = this.#server.publishAt();
    if (this.#server.streams.length === 0 && address !== null)
      this.#urls.write(server, json ? JSON.stringify({ server: address.server }) : address.server);
    if (this.#report.isForPerson && home !== null)
      this.#report.print(`\nAll streams: ${showsToken ? home.urlWithToken : home.url}\n`);
  }
}

/** `--stall` of the most patient stream that there may be. */
function longestStallMs({ streams, published }: ServeSettings): number {
  const channels = [...streams, ...(published === null ? [] : [published])].map(({ channel }) => channel);
  return Math.max(...channels.map(({ stallMs }) => stallMs), 0);
}
