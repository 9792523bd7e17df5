import { Channel } from "../channel/channel.ts";
import type { Addresses, Place, PublishPlace } from "../channel/place.ts";
import { pushNetwork } from "../channel/pushes.ts";
import { type Recorders, recorders } from "../channel/recorders.ts";
import { ClockWatch } from "../channel/supervisor/clock-watch.ts";
import { DeviceWatch } from "../channel/supervisor/device-watch.ts";
import { EncoderCache } from "../encoders/cache.ts";
import { UserError } from "../errors.ts";
import { refuseTerminal } from "../ffmpeg/stdin-capture.ts";
import { type LogEvent, notice } from "../log.ts";
import { Demand } from "../outputs/demand.ts";
import type { Hub } from "../outputs/live/hub.ts";
import type { HttpServer } from "../server/server.ts";
import type { StreamAccess } from "../settings/serve-settings.ts";
import type { ChannelSettings } from "../settings/settings.ts";
import type { PublishAddress, StreamHandle } from "../stream.ts";
import { foldersOf } from "../system/folders.ts";
import { thisMachine } from "../system/machine.ts";
import { urlWith } from "./access.ts";
import { ExitIdle } from "./exit-idle.ts";
import { type Home, PublicServer } from "./public-server.ts";
import { type NewStreams, Publishing, publishersOf } from "./publishing.ts";
import type { PublicServerSettings } from "./server-change.ts";

export interface AppOptions {
  readonly env?: NodeJS.ProcessEnv;
  readonly stdin?: NodeJS.ReadStream;
  /** Each line of ffmpeg's stderr, passwords hidden, and the stream whose it is. */
  readonly onFfmpegLine?: (line: string, stream: string) => void;
  /** What the operator should know: what was lost, came back, or was done in another way. `stream`: of which; null: of the server. */
  readonly onNotice?: (event: LogEvent, stream: string | null) => void;
  /** What the server tells of, and answers for while it is to come; the channels that there are, where it is not given. */
  readonly streams?: () => readonly StreamHandle[];
  /** All streams have been idle for as long as may be; default: everything ends. */
  readonly onExitIdle?: () => void;
}

export interface AppSettings extends PublicServerSettings {
  /** The server closes when the last channel is over. */
  readonly endsWithChannels: boolean;
}

/** One server and its channels: each is added, stopped and added again while the viewers of the others see nothing of it. */
export class App {
  readonly #endsWithChannels: boolean;
  readonly #options: Required<AppOptions>;
  readonly #server: PublicServer;
  readonly #channels = new Map<string, Channel>();
  readonly #watch = new DeviceWatch();
  readonly #clock = new ClockWatch();
  readonly #allViewers = new Demand();
  readonly #network = pushNetwork();
  readonly #recorders: Recorders;
  readonly #encoders: EncoderCache;
  readonly #exitIdle: ExitIdle | null;
  readonly #publishing: Publishing;

  constructor(
    { endsWithChannels, ...settings }: AppSettings,
    {
      env = process.env,
      stdin = process.stdin,
      onFfmpegLine = () => undefined,
      onNotice = () => undefined,
      streams = () => this.channels,
      onExitIdle = () => void this.close(), // each channel says how it ended
    }: AppOptions = {},
  ) {
    this.#endsWithChannels = endsWithChannels;
    this.#options = { env, stdin, onFfmpegLine, onNotice, streams, onExitIdle };
    this.#encoders = new EncoderCache(foldersOf(env).cache);
    const { exitIdleMs, recordKeepFree } = settings;
    this.#recorders = recorders(recordKeepFree);
    this.#exitIdle = exitIdleMs === null ? null : new ExitIdle(exitIdleMs, () => this.#exit(exitIdleMs));
    this.#publishing = new Publishing({ env, onNotice });
    this.#server = new PublicServer(settings, {
      ...{ env, streams, publishing: this.#publishing },
      onNotice: (event) => onNotice(event, null),
    });
  }

  async open(): Promise<void> {
    await this.#server.open();
  }

  /** See `PublicServer`. @throws UserError and then nothing has changed */
  async reload(settings: PublicServerSettings): Promise<readonly string[]> {
    const kept = await this.#server.reload(settings);
    this.#recorders.store.setKeepFree(settings.recordKeepFree);
    return kept;
  }

  /** Who may watch a stream from now on; who does stays. @throws UserError where its token cannot be had */
  async setStreamAccess(name: string, access: StreamAccess | null): Promise<void> {
    await this.#server.setStreamAccess(name, access);
  }

  /** Who may publish a stream from now on; who does stays. @throws UserError where its key cannot be had */
  async setPublishers(channel: ChannelSettings): Promise<void> {
    await this.#publishing.setStream(channel.name, publishersOf(channel));
  }

  /** Which names may be published that are no streams yet; null: none. @throws UserError where the key cannot be had */
  async setNewStreams(settings: NewStreams | null): Promise<void> {
    await this.#publishing.setNewStreams(settings);
  }

  /** How names that are no streams yet are published; null where they are not, or before it is open. */
  newAddress(): PublishAddress | null {
    return this.#publishing.newAddress(this.#server.publishUrl());
  }

  /** What opens names that are no streams yet; null where there are none. */
  get newKey(): string | null {
    return this.#publishing.newKey;
  }

  /** Calls `listener` when somebody begins to publish a stream, or nobody does any more. */
  onPublisher(name: string, listener: (isThere: boolean) => void): void {
    const slot = this.#publishing.publishers.slotOf(name);
    slot.onChange = () => listener(slot.present !== null);
  }

  /** Nobody publishes it any more: the stream is gone. */
  removePublishers(name: string): void {
    this.#publishing.remove(name);
  }

  get home(): Home | null {
    return this.#server.home;
  }

  get channels(): readonly Channel[] {
    return [...this.#channels.values()];
  }

  /**
   * A channel that is yet to be started. Its name is taken from now on, and free again when it is over.
   * `access`: who may watch it beside those who have the server's token. `isToStay`: asked at its end, whether the stream
   * is to come again; then who asks for it is told to wait.
   * @throws UserError where another one has its name, or stdin is not for it
   */
  add(
    settings: ChannelSettings,
    { access = null, isToStay = () => false }: Partial<Pick<PlaceOptions, "access" | "isToStay">> = {},
  ): Channel {
    const { name, device } = settings;
    const { env, stdin, onFfmpegLine, onNotice } = this.#options;
    if (this.#channels.has(name))
      throw new UserError("alreadyRunning", `a stream named "${name}" already exists`);
    if (device.kind === "stdin") refuseTerminal(stdin);
    const channel = new Channel(settings, {
      place: new ServerPlace(
        {
          ...{ settings, access },
          isToStay,
          onLeft: () => this.#left(name),
        },
        { server: this.#server, publishing: this.#publishing },
      ),
      surroundings: {
        publishers: this.#publishing.publishers,
        ...{ machine: thisMachine(env), stdin },
        ...{ watch: this.#watch, clock: this.#clock, encoders: this.#encoders },
      },
      ...{ allViewers: this.#allViewers, network: this.#network, recorders: this.#recorders },
      onFfmpegLine: (line) => onFfmpegLine(line, name),
      onNotice: (event) => onNotice(event, name),
      onState: () => this.#exitIdle?.look(this.channels.map((one) => one.state)),
    });
    this.#channels.set(name, channel);
    return channel;
  }

  /** Ends every channel, and then the server; resolves when nothing is left. */
  async close(): Promise<void> {
    await Promise.all(this.channels.map((channel) => channel.stop()));
    await this.#shut();
  }

  #exit(idleMs: number): void {
    const text = `no viewers for ${idleMs / 1000} s; exiting (--exit-idle)`;
    this.#options.onNotice(notice("exit-idle", text), null);
    this.#options.onExitIdle();
  }

  async #left(name: string): Promise<void> {
    this.#channels.delete(name);
    if (this.#endsWithChannels && this.#channels.size === 0) await this.#shut();
  }

  async #shut(): Promise<void> {
    this.#exitIdle?.stop();
    this.#watch.close();
    this.#clock.close();
    await Promise.all([this.#server.close(), this.#recorders.store.close()]);
  }
}

interface PlaceOptions {
  readonly settings: ChannelSettings;
  readonly access: StreamAccess | null;
  /** Whether the stream is to come again. */
  readonly isToStay: () => boolean;
  readonly onLeft: () => Promise<void>;
}

interface Surroundings {
  readonly server: PublicServer;
  readonly publishing: Publishing;
}

/** A channel's place: its name on the server, for viewers and for publishers. */
class ServerPlace implements Place {
  readonly #name: string;
  readonly #options: PlaceOptions;
  readonly #server: PublicServer;
  readonly #publishing: Publishing;
  #http: HttpServer | null = null;

  constructor(options: PlaceOptions, { server, publishing }: Surroundings) {
    this.#name = options.settings.name;
    this.#options = options;
    this.#server = server;
    this.#publishing = publishing;
  }

  async open(): Promise<void> {
    const { settings, access } = this.#options;
    const { server } = await this.#server.open();
    await this.#server.setStreamAccess(this.#name, access);
    await this.#publishing.setStream(this.#name, publishersOf(settings));
    this.#http = server;
    server.announce(this.#name);
  }

  serve(hub: Hub): void {
    if (this.#http === null) throw new Error(`the place of ${this.#name} is not open`);
    this.#http.serve(hub);
  }

  addresses(): Addresses | null {
    const urls = this.#server.urls(this.#name);
    const token = this.#server.tokenOf(this.#name);
    return urls && { ...urls, needsToken: token !== null, tokenFile: token?.path ?? null };
  }

  get failure(): UserError | null {
    return this.#server.failure;
  }

  withToken(url: string): string {
    return urlWith(this.#server.tokenOf(this.#name), url);
  }

  get publishing(): PublishPlace {
    return this.#publishing.placeOf(this.#name, () => this.#server.publishUrl());
  }

  async leave(): Promise<void> {
    const { isToStay, onLeft } = this.#options;
    if (isToStay()) this.#http?.announce(this.#name);
    else {
      this.#http?.remove(this.#name);
      if (this.#http !== null) await this.#server.setStreamAccess(this.#name, null);
      this.#publishing.stop(this.#name);
    }
    await onLeft();
  }
}
