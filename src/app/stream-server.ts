import { UserError } from "../errors.ts";
import { findFfmpeg } from "../ffmpeg/find.ts";
import { type LogEvent, notice, warning } from "../log.ts";
import type { ServedStream, ServeSettings } from "../settings/serve-settings.ts";
import { startOptions } from "../settings/start-options.ts";
import { App, type AppOptions } from "./app.ts";
import { type Changes, changesBetween } from "./changes.ts";
import type { Home, PublicServerSettings } from "./public-server.ts";
import { SupervisedStream, type SupervisedStreamOptions } from "./supervised-stream.ts";

export interface StreamServerOptions
  extends Required<Pick<AppOptions, "env" | "onFfmpegLine" | "onNotice">>,
    Pick<SupervisedStreamOptions, "takeName"> {}

/** The streams of a file on one server, each kept alive by itself, until all are stopped. */
export class StreamServer {
  /** Resolves when it was stopped, and nothing is left. */
  readonly ended: Promise<void>;
  readonly #options: StreamServerOptions;
  readonly #app: App;
  #settings: ServeSettings;
  /** In the file's order. */
  #streams: readonly SupervisedStream[];
  #stopping: Promise<void> | null = null;
  #reloading: Promise<unknown> = Promise.resolve();
  #end: () => void = () => undefined;

  constructor(settings: ServeSettings, options: StreamServerOptions) {
    this.#settings = settings;
    this.#options = options;
    this.ended = new Promise((resolve) => (this.#end = resolve));
    this.#app = new App(
      { ...serverSettings(settings), endsWithChannels: false },
      {
        ...{ env: options.env, onFfmpegLine: options.onFfmpegLine },
        onNotice: (event, stream) => this.#tell(event, stream),
        streams: () => this.streams,
        onExitIdle: () => void this.stop(),
      },
    );
    this.#streams = settings.streams.map((served) => this.#make(served));
  }

  get name(): string {
    return this.#settings.serverName;
  }

  /** Somebody has stopped it. */
  get isStopping(): boolean {
    return this.#stopping !== null;
  }

  get streams(): readonly SupervisedStream[] {
    return this.#streams;
  }

  /** The page that shows all streams; null before it is open. */
  get home(): Home | null {
    return this.#app.home;
  }

  /** Listens, and starts every stream. @throws UserError where the port or ffmpeg cannot be had */
  async start(): Promise<void> {
    await Promise.all([this.#app.open(), requireFfmpeg(this.#settings.streams)]);
    for (const stream of this.#streams) stream.start();
  }

  /** Resolves when each stream is on the air, waits for something, or is over. */
  async settled(): Promise<void> {
    await Promise.race([Promise.all(this.#streams.map((stream) => stream.settled)), this.ended]);
  }

  /**
   * Serves by another file from now on: what is the same in both stays untouched, and those inside stay.
   * @throws UserError where the server cannot be as it is to be: then all is as it was
   */
  async reload(settings: ServeSettings): Promise<void> {
    const turn = this.#reloading.then(() => this.#reload(settings));
    this.#reloading = turn.catch(() => undefined); // the caller gets it
    await turn;
  }

  /** Ends every stream in order, and then the server. */
  async stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    await this.#stopping;
  }

  /** Kills what runs beside us, for an end without delay. */
  kill(): void {
    for (const stream of this.#streams) stream.kill();
  }

  async #stop(): Promise<void> {
    await this.#reloading;
    await Promise.all(this.#streams.map((stream) => stream.remove()));
    await this.#app.close();
    this.#end();
  }

  async #reload(settings: ServeSettings): Promise<void> {
    if (this.isStopping) throw new UserError("failure", "the server is stopping");
    const before = this.#settings;
    const kept = await this.#app.reload(serverSettings({ ...settings, serverName: before.serverName }));
    const changes = changesBetween(before.streams, settings.streams);
    this.#settings = { ...settings, serverName: before.serverName };
    await this.#apply(changes, settings.streams);
    this.#tell(notice("config-applied", `configuration reloaded: ${summary(changes)}`), null);
    const isRenamed = settings.serverName !== before.serverName;
    for (const text of unchanged(isRenamed ? [...kept, "name"] : kept, changes))
      this.#tell(warning("config-kept", text), null);
  }

  async #apply(changes: Changes, wanted: readonly ServedStream[]): Promise<void> {
    const old = new Map(this.#streams.map((stream) => [stream.name, stream]));
    const gone = this.#streams.filter(({ name }) => changes.removed.includes(name));
    const added = new Map(changes.added.map((served) => [served.channel.name, this.#make(served)]));
    this.#streams = wanted.flatMap(({ channel: { name } }) => old.get(name) ?? added.get(name) ?? []);
    for (const { channel, access } of changes.access)
      await this.#app.setStreamAccess(channel.name, access).catch((failure: unknown) => {
        if (!(failure instanceof UserError)) throw failure;
        this.#tell(warning("stream-failed", failure.message, { reason: failure.reason }), channel.name);
      });
    await Promise.all(gone.map((stream) => stream.remove())); // another one may be to have its camera
    for (const { stream, change } of changes.changed) old.get(stream.channel.name)?.change(stream, change);
    for (const stream of this.#streams) if (stream.isStopped) stream.resume();
    for (const stream of added.values()) stream.start();
  }

  #make(served: ServedStream): SupervisedStream {
    const { name } = served.channel;
    return new SupervisedStream(served, {
      makeChannel: ({ channel, access }, isToStay) =>
        this.#app.add({ ...channel, wait: true }, { access, isToStay }),
      takeName: this.#options.takeName,
      onNotice: (event) => this.#tell(event, name),
    });
  }

  #tell(event: LogEvent, stream: string | null): void {
    if (stream !== null) this.#streams.find(({ name }) => name === stream)?.noticed(event);
    this.#options.onNotice(event, stream);
  }
}

function serverSettings({ server, serverName, maxViewers }: ServeSettings): PublicServerSettings {
  return { ...server, maxViewers, tokenName: serverName };
}

/** Without any that works, no stream ever would. */
async function requireFfmpeg(streams: readonly ServedStream[]): Promise<void> {
  const paths = [...new Set(streams.map(({ channel }) => channel.ffmpeg))];
  const found = await Promise.allSettled(paths.map((path) => findFfmpeg(path)));
  const [failed] = found.flatMap((one) => (one.status === "rejected" ? [one.reason as unknown] : []));
  if (failed !== undefined && found.every(({ status }) => status === "rejected")) throw failed;
}

function summary({ added, removed, changed, access }: Changes): string {
  const names = new Set([
    ...changed.map(({ stream }) => stream.channel.name),
    ...access.map(({ channel }) => channel.name),
  ]);
  const parts = [
    ...added.map(({ channel }) => `added "${channel.name}"`),
    ...removed.map((name) => `removed "${name}"`),
    ...[...names].map((name) => `changed "${name}"`),
  ];
  return parts.length === 0 ? "no stream changed" : parts.join(", ");
}

/** As the file has it. */
function optionName(key: string): string {
  const options: Readonly<Record<string, { readonly flag: string } | undefined>> = startOptions;
  return options[key]?.flag ?? key;
}

/** What a reload cannot change, in lines. */
function unchanged(kept: readonly string[], { duration }: Changes): readonly string[] {
  return [
    ...(kept.length === 0 ? [] : [`restart the server to change ${kept.map(optionName).join(", ")}`]),
    ...duration.map((name) => `"${name}": its new duration applies the next time it starts`),
  ];
}
