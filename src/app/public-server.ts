import type { LogEvent } from "../log.ts";
import type { HttpServer } from "../server/server.ts";
import type { Site } from "../server/urls.ts";
import type { ServerSettings } from "../settings/settings.ts";
import type { StreamHandle } from "../status.ts";
import { passedSocket } from "../systemd/passed-socket.ts";
import { type Access, openGate } from "./access.ts";
import type { Serving } from "./make-server.ts";

export interface PublicServerSettings extends ServerSettings {
  /** Of all streams together. */
  readonly maxViewers: number;
  /** What the token is kept under that is made where one is needed and none given. */
  readonly tokenName: string;
}

export interface PublicServerOptions {
  readonly env: NodeJS.ProcessEnv;
  readonly onNotice: (event: LogEvent) => void;
  /** What the API, the metrics and the page tell of. */
  readonly streams: () => readonly StreamHandle[];
}

/** A server that listens: where it is reached, and by whom. */
export interface Listening {
  readonly server: HttpServer;
  readonly site: Site;
  readonly access: Access;
}

/** How long viewers may take to receive the end of a stream. */
const CLOSE_GRACE_MS = 3000;

/** The HTTP server with its certificate, its port and its token, from before it is loaded until it is closed. */
export class PublicServer {
  readonly #settings: PublicServerSettings;
  readonly #options: PublicServerOptions;
  /** A tenth of a second, spent while ffmpeg is asked for its version. */
  readonly #loading: Promise<Serving>;
  #opening: Promise<Listening> | null = null;
  /** Where it listens; null before it does. */
  #address: Pick<Site, "host" | "port"> | null = null;
  #closing: Promise<void> | null = null;

  constructor(settings: PublicServerSettings, options: PublicServerOptions) {
    this.#settings = settings;
    this.#options = options;
    this.#loading = import("./make-server.ts").then(({ makeServer }) =>
      makeServer(settings, options.onNotice),
    );
    this.#loading.catch(() => undefined); // whoever opens it hears of it
  }

  /** Listens, if it does not yet. @throws UserError when the certificate, the port or the token cannot be had: the latter two may be tried again */
  open(): Promise<Listening> {
    this.#opening ??= this.#listen().catch((error: unknown) => {
      this.#opening = null;
      throw error;
    });
    return this.#opening;
  }

  /** Ends what is being sent, or cuts it off; resolves when nothing is left. */
  close(): Promise<void> {
    this.#closing ??= this.#end();
    return this.#closing;
  }

  async #listen(): Promise<Listening> {
    const { env, onNotice, streams } = this.#options;
    const { server, scheme } = await this.#loading;
    server.setStreams(streams);
    for (const stream of streams()) server.announce(stream.name);
    this.#address ??= await this.#bind(server);
    const access = await openGate(this.#settings, server.address, { env, onNotice });
    server.setGate(access.gate);
    return { server, site: { scheme, ...this.#address }, access };
  }

  async #bind(server: HttpServer): Promise<Pick<Site, "host" | "port">> {
    const { host, port } = this.#settings;
    const passed = passedSocket(this.#options.env);
    return passed === null ? { host, port: await server.listen(host, port) } : await server.listenOn(passed);
  }

  async #end(): Promise<void> {
    await this.#opening?.catch(() => undefined); // it may be about to listen
    const serving = await this.#loading.catch(() => null);
    serving?.certificate?.close();
    await serving?.server.close(CLOSE_GRACE_MS);
  }
}
