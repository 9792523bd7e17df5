import { UserError } from "../errors.ts";
import { findFfmpeg } from "../ffmpeg/find.ts";
import { type LogEvent, notice, warning } from "../log.ts";
import type { ServedStream, ServeSettings } from "../settings/serve-settings.ts";
import { startOptions } from "../settings/start-options.ts";
import type { PublishAddress } from "../stream.ts";
import { App, type AppOptions } from "./app.ts";
import { type Changes, changesBetween } from "./changes.ts";
import type { Home } from "./public-server.ts";
import { PublishedStreams } from "./published-streams.ts";
import { publishersOf } from "./publishing.ts";
import type { PublicServerSettings } from "./server-change.ts";
import { SupervisedStream, type SupervisedStreamOptions } from "./supervised-stream.ts";

export interface StreamServerOptions
  extends Required<Pick<AppOptions, "env" | "onFfmpegLine" | "onNotice">>,
    Pick<SupervisedStreamOptions, "takeName"> {
  /** A stream stays for so long after its publisher. */
  readonly publishedLingerMs?: number;
}

/** The streams of a file on one server, each kept alive by itself, until all are stopped. */
export class StreamServer {
  /** Resolves when it was stopped, and nothing is left. */
  readonly ended: Promise<void>;
  readonly #options: StreamServerOptions;
  readonly #app: App;
  #settings: ServeSettings;
  /** In the file's order, then those that are there because they are published. */
  #streams: readonly SupervisedStream[];
  readonly #published: PublishedStreams;
  #stopping: Promise<void> | null = null;
  #changing: Promise<unknown> = Promise.resolve();
  #resolveEnded: () => void = () => undefined;

  constructor(settings: ServeSettings, options: StreamServerOptions) {
    this.#settings = settings;
    this.#options = options;
    this.ended = new Promise((resolve) => (this.#resolveEnded = resolve));
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
    this.#published = new PublishedStreams({
      ...{ app: this.#app, settings: () => this.#settings, lingerMs: options.publishedLingerMs ?? 30_000 },
      begin: (served) => this.#begin(served),
      end: (name) => void this.#inTurn(() => this.#end(name)),
    });
  }

  get name(): string {
    return this.#settings.serverName;
  }

  get isStopping(): boolean {
    return this.#stopping !== null;
  }

  get streams(): readonly SupervisedStream[] {
    return this.#streams;
  }

  get home(): Home | null {
    return this.#app.home;
  }

  /** Those that hold now: a reload has others. */
  get settings(): ServeSettings {
    return this.#settings;
  }

  /** How names that the file does not have are published; null where they are not, or before it is open. */
  publishAt(): PublishAddress | null {
    return this.#app.newAddress();
  }

  /** Whether programs and web servers are told of a stream's events. */
  hasEvents(stream: string): boolean {
    return this.#published.hasEvents(stream);
  }

  /** Listens, and starts every stream. @throws UserError where the port or ffmpeg cannot be had */
  async start(): Promise<void> {
    await Promise.all([this.#app.open(), requireFfmpeg(this.#settings.streams)]);
    await this.#published.open();
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
    await this.#inTurn(() => this.#reload(settings));
  }

  async stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    await this.#stopping;
  }

  kill(): void {
    for (const stream of this.#streams) stream.kill();
  }

  /** One after the other: who waits gets what is thrown. */
  async #inTurn(change: () => Promise<void>): Promise<void> {
    const turn = this.#changing.then(change);
    this.#changing = turn.catch(() => undefined);
    await turn;
  }

  async #stop(): Promise<void> {
    await this.#changing;
    this.#published.close();
    await Promise.all(this.#streams.map((stream) => stream.remove()));
    await this.#app.close();
    this.#resolveEnded();
  }

  async #reload(settings: ServeSettings): Promise<void> {
    if (this.isStopping) throw new UserError("failure", "the server is stopping");
    const before = this.#settings;
    const kept = await this.#app.reload(serverSettings({ ...settings, serverName: before.serverName }));
    const published = this.#published.served(before);
    const wanted = [...settings.streams, ...this.#published.served(settings)];
    const changes = changesBetween([...before.streams, ...published], wanted);
    for (const { channel } of settings.streams) this.#published.forget(channel.name);
    this.#settings = { ...settings, serverName: before.serverName };
    await this.#apply(changes, wanted);
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
    await this.#orTold(null, this.#published.open());
    for (const { channel, access } of changes.access) {
      await this.#orTold(channel.name, this.#app.setStreamAccess(channel.name, access));
      await this.#orTold(channel.name, this.#app.setPublishers(channel));
    }
    await Promise.all(gone.map((stream) => this.#remove(stream))); // another one may be to have its camera
    for (const { stream, change } of changes.changed) old.get(stream.channel.name)?.change(stream, change);
    for (const stream of this.#streams) if (stream.isStopped) stream.resume();
    for (const stream of added.values()) stream.start();
  }

  async #remove(stream: SupervisedStream): Promise<void> {
    await stream.remove();
    this.#app.removePublishers(stream.name);
    this.#published.forget(stream.name);
  }

  /** What cannot be had costs no more than itself. */
  async #orTold(stream: string | null, done: Promise<void>): Promise<void> {
    await done.catch((failure: unknown) => {
      if (!(failure instanceof UserError)) throw failure;
      this.#tell(warning("stream-failed", failure.message, { reason: failure.reason }), stream);
    });
  }

  #begin(served: ServedStream): void {
    const stream = this.#make(served);
    this.#streams = [...this.#streams, stream];
    stream.start();
  }

  /** Its publisher has not come back. */
  async #end(name: string): Promise<void> {
    if (this.#published.isPublished(name)) return; // it has, meanwhile
    const stream = this.#streams.find((one) => one.name === name);
    if (stream !== undefined) await this.#remove(stream);
    this.#streams = this.#streams.filter((one) => one !== stream);
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

function serverSettings(settings: ServeSettings): PublicServerSettings {
  const { server, serverName, maxViewers, streams, published } = settings;
  const hasPublishers = published !== null || streams.some(({ channel }) => publishersOf(channel) !== null);
  const ffmpeg = streams[0]?.channel.ffmpeg ?? null;
  return { ...server, maxViewers, tokenName: serverName, hasPublishers, ffmpeg };
}

/** Without any that works, no stream ever would. */
async function requireFfmpeg(streams: readonly ServedStream[]): Promise<void> {
  const captured = streams.filter(({ channel }) => publishersOf(channel) === null);
  const paths = [...new Set(captured.map(({ channel }) => channel.ffmpeg))];
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
