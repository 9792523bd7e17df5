import { Channel } from "../channel/channel.ts";
import type { Addresses, Place } from "../channel/place.ts";
import { pushNetwork } from "../channel/pushes.ts";
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
import type { StreamHandle } from "../status.ts";
import { foldersOf } from "../system/folders.ts";
import { thisMachine } from "../system/machine.ts";
import { urlWith } from "./access.ts";
import { ExitIdle } from "./exit-idle.ts";
import { type Home, PublicServer, type PublicServerSettings } from "./public-server.ts";

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
  readonly #encoders: EncoderCache;
  readonly #exitIdle: ExitIdle | null;

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
    const { exitIdleMs } = settings;
    this.#exitIdle = exitIdleMs === null ? null : new ExitIdle(exitIdleMs, () => this.#exit(exitIdleMs));
    this.#server = new PublicServer(settings, {
      ...{ env, streams },
      onNotice: (event) => onNotice(event, null),
    });
  }

  /** Listens, also without a channel. @throws UserError */
  async open(): Promise<void> {
    await this.#server.open();
  }

  /** See `PublicServer`. @throws UserError and then nothing has changed */
  async reload(settings: PublicServerSettings): Promise<readonly string[]> {
    return await this.#server.reload(settings);
  }

  /** Who may watch a stream from now on; who does stays. @throws UserError where its token cannot be had */
  async setStreamAccess(name: string, access: StreamAccess | null): Promise<void> {
    await this.#server.setStreamAccess(name, access);
  }

  /** The page that shows all streams; null before it is open. */
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
          ...{ name, access },
          isToStay,
          onLeft: () => this.#left(name),
        },
        this.#server,
      ),
      surroundings: {
        ...{ machine: thisMachine(env), stdin },
        ...{ watch: this.#watch, clock: this.#clock, encoders: this.#encoders },
      },
      ...{ allViewers: this.#allViewers, network: this.#network },
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
    await this.#server.close();
  }
}

interface PlaceOptions {
  readonly name: string;
  readonly access: StreamAccess | null;
  /** Whether the stream is to come again. */
  readonly isToStay: () => boolean;
  readonly onLeft: () => Promise<void>;
}

/** A channel's place: its name on the server. */
class ServerPlace implements Place {
  readonly #options: PlaceOptions;
  readonly #server: PublicServer;
  #http: HttpServer | null = null;

  constructor(options: PlaceOptions, server: PublicServer) {
    this.#options = options;
    this.#server = server;
  }

  async open(): Promise<void> {
    const { name, access } = this.#options;
    const { server } = await this.#server.open();
    await this.#server.setStreamAccess(name, access);
    this.#http = server;
    server.announce(name);
  }

  serve(hub: Hub): void {
    if (this.#http === null) throw new Error(`the place of ${this.#options.name} is not open`);
    this.#http.serve(hub);
  }

  addresses(): Addresses | null {
    const { name } = this.#options;
    const urls = this.#server.urls(name);
    const token = this.#server.tokenOf(name);
    return urls && { ...urls, needsToken: token !== null, tokenFile: token?.path ?? null };
  }

  get failure(): UserError | null {
    return this.#server.failure;
  }

  withToken(url: string): string {
    return urlWith(this.#server.tokenOf(this.#options.name), url);
  }

  async leave(): Promise<void> {
    const { name, isToStay, onLeft } = this.#options;
    if (isToStay()) this.#http?.announce(name);
    else {
      this.#http?.remove(name);
      if (this.#http !== null) await this.#server.setStreamAccess(name, null);
    }
    await onLeft();
  }
}
