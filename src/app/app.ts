import { Channel } from "../channel/channel.ts";
import type { Addresses, Place } from "../channel/place.ts";
import { ClockWatch } from "../channel/supervisor/clock-watch.ts";
import { DeviceWatch } from "../channel/supervisor/device-watch.ts";
import { EncoderCache } from "../encoders/cache.ts";
import { UserError } from "../errors.ts";
import { refuseTerminal } from "../ffmpeg/stdin-capture.ts";
import { type LogEvent, notice } from "../log.ts";
import type { Hub } from "../outputs/live/hub.ts";
import type { ChannelSettings } from "../settings/settings.ts";
import { foldersOf } from "../system/folders.ts";
import { thisMachine } from "../system/machine.ts";
import { urlWith } from "./access.ts";
import { ExitIdle } from "./exit-idle.ts";
import { type Listening, PublicServer, type PublicServerSettings } from "./public-server.ts";

export interface AppOptions {
  readonly env?: NodeJS.ProcessEnv;
  readonly stdin?: NodeJS.ReadStream;
  /** Each line of ffmpeg's stderr, passwords hidden. */
  readonly onFfmpegLine?: (line: string) => void;
  /** What the operator should know: what was lost, came back, or was done in another way. */
  readonly onNotice?: (event: LogEvent) => void;
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
  readonly #encoders: EncoderCache;
  readonly #exitIdle: ExitIdle | null;

  constructor(
    { endsWithChannels, ...settings }: AppSettings,
    {
      env = process.env,
      stdin = process.stdin,
      onFfmpegLine = () => undefined,
      onNotice = () => undefined,
    }: AppOptions = {},
  ) {
    this.#endsWithChannels = endsWithChannels;
    this.#options = { env, stdin, onFfmpegLine, onNotice };
    this.#encoders = new EncoderCache(foldersOf(env).cache);
    const { exitIdleMs } = settings;
    this.#exitIdle = exitIdleMs === null ? null : new ExitIdle(exitIdleMs, () => this.#exit(exitIdleMs));
    this.#server = new PublicServer(settings, { env, onNotice, streams: () => this.channels });
  }

  get channels(): readonly Channel[] {
    return [...this.#channels.values()];
  }

  /**
   * A channel that is yet to be started. Its name is taken from now on, and free again when it is over.
   * @throws UserError where another one has its name, or stdin is not for it
   */
  add(settings: ChannelSettings): Channel {
    const { name, device } = settings;
    const { env, stdin, onFfmpegLine, onNotice } = this.#options;
    if (this.#channels.has(name))
      throw new UserError("alreadyRunning", `a stream named "${name}" already exists`);
    if (device.kind === "stdin") refuseTerminal(stdin);
    const channel = new Channel(settings, {
      place: new ServerPlace(name, this.#server, () => this.#left(name)),
      surroundings: {
        ...{ machine: thisMachine(env), stdin },
        ...{ watch: this.#watch, clock: this.#clock, encoders: this.#encoders },
      },
      ...{ onFfmpegLine, onNotice },
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
    this.#options.onNotice(notice("exit-idle", text));
    void this.close(); // each channel says how it ended
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

/** A channel's place: its name on the server. */
class ServerPlace implements Place {
  readonly #name: string;
  readonly #server: PublicServer;
  readonly #onLeft: () => Promise<void>;
  #listening: Listening | null = null;

  constructor(name: string, server: PublicServer, onLeft: () => Promise<void>) {
    this.#name = name;
    this.#server = server;
    this.#onLeft = onLeft;
  }

  async open(): Promise<void> {
    this.#listening = await this.#server.open();
    this.#listening.server.announce(this.#name);
  }

  serve(hub: Hub): void {
    if (this.#listening === null) throw new Error(`the place of ${this.#name} is not open`);
    this.#listening.server.serve(hub);
  }

  addresses(): Addresses | null {
    const urls = this.#server.urls(this.#name);
    const token = this.#listening?.access.token ?? null;
    return urls && { ...urls, needsToken: token !== null, tokenFile: token?.path ?? null };
  }

  get failure(): UserError | null {
    return this.#server.failure;
  }

  withToken(url: string): string {
    return urlWith(this.#listening?.access.token ?? null, url);
  }

  async leave(): Promise<void> {
    this.#listening?.server.remove(this.#name);
    await this.#onLeft();
  }
}
