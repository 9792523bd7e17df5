import type { Doorkeeper } from "../auth/request.ts";
import type { Channel } from "../outputs/live/hub.ts";
import type { Broadcast } from "./api/broadcast.ts";
import { PageFiles } from "./files/page-files.ts";
import { StaticFiles } from "./files/static-files.ts";
import type { KeyPair } from "./http/certificate.ts";
import { type Exchange, toRequest } from "./http/exchange.ts";
import { createHttp1 } from "./http/http1.ts";
import { createHttp2 } from "./http/http2.ts";
import { Lobby, otherEnd } from "./http/idle-connections.ts";
import { defaultServerLimits, type ServerLimits } from "./http/limits.ts";
import { Listener, listenFailure, unusableSocket } from "./http/listener.ts";
import { refusal } from "./http/refusal.ts";
import { respond } from "./http/respond.ts";
import type { Measured, Metrics } from "./metrics/metrics.ts";
import { type Measurements, makeRoutes, type Routes } from "./routes.ts";
import { ViewerPlaces } from "./viewers/viewer-places.ts";

export interface HttpServerOptions {
  readonly channels?: readonly Channel[];
  /** Who lets in. Where it is not known yet, `admitBy` tells; nobody is let in before. */
  readonly doorkeeper?: Doorkeeper;
  /** With it the server speaks HTTPS alone. */
  readonly keyPair?: KeyPair | null;
  /** The folder whose files are served, beside the streams. */
  readonly www?: string | null;
  readonly limits?: Partial<ServerLimits>;
}

/** The HTTP server of a cast: each channel at `/live/NAME.flv`. */
export class HttpServer {
  readonly #listener: Listener;
  readonly #lobby: Lobby;
  readonly #routes: Routes;
  /** By name; null while a stream is known by name alone. */
  readonly #channels = new Map<string, Channel | null>();
  #doorkeeper: Doorkeeper | null;
  #broadcasts: () => readonly Broadcast[] = () => [];
  #metrics: Metrics | null = null;

  /** @throws UserError when the folder cannot be served */
  constructor({ channels = [], doorkeeper, keyPair, www, limits: given }: HttpServerOptions) {
    const limits = { ...defaultServerLimits, ...given };
    this.#doorkeeper = doorkeeper ?? null;
    this.#lobby = new Lobby(limits);
    this.#routes = makeRoutes({
      doorkeeper: () => this.#doorkeeper,
      channels: this.#channels,
      broadcasts: () => this.#broadcasts(),
      metrics: () => this.#measure(),
      places: new ViewerPlaces(limits.maxViewersPerAddress),
      page: new PageFiles(),
      files: www == null ? null : new StaticFiles(www),
      onViewer: ({ request }) => this.#lobby.leave(otherEnd(request.socket)),
    });
    for (const channel of channels) this.serve(channel);
    const onExchange = (exchange: Exchange) => void this.#answer(exchange);
    const speakers = { http1: createHttp1(limits, onExchange), http2: createHttp2(limits, onExchange) };
    this.#listener = new Listener(speakers, this.#lobby, limits, keyPair ?? null);
  }

  /** From now on this one lets in. */
  admitBy(doorkeeper: Doorkeeper): void {
    this.#doorkeeper = doorkeeper;
  }

  /** From now on these are told of, and done to what is asked. */
  tellOf(broadcasts: () => readonly Broadcast[]): void {
    this.#broadcasts = broadcasts;
  }

  /** Answers for a stream that is to come: not yet, instead of not here. */
  announce(name: string): void {
    this.#channels.set(name, null);
  }

  /** Serves a channel from now on, in place of any other of its name. */
  serve(channel: Channel): void {
    this.#channels.set(channel.name, channel);
  }

  /** The next TLS handshakes use another key pair. */
  renew(keyPair: KeyPair): void {
    this.#listener.renew(keyPair);
  }

  /** @returns the port that it listens on. @throws UserError when the port or the address cannot be had. */
  async listen(host: string, port: number): Promise<number> {
    await this.#listener.listen({ host, port }).catch((error: Error) => {
      throw listenFailure(error, host, port);
    });
    return this.#listener.address?.port ?? port;
  }

  /** Listens on a socket that is another's, who listens already. @throws UserError where it is no listening TCP socket */
  async listenOn(socket: { readonly fd: number }): Promise<{ readonly host: string; readonly port: number }> {
    await this.#listener.listen(socket).catch((error: Error) => {
      throw unusableSocket(socket.fd, error);
    });
    const { address } = this.#listener;
    if (address === null) throw unusableSocket(socket.fd);
    return { host: address.address, port: address.port };
  }

  /** The address that it listens on. */
  get address(): string {
    return this.#listener.address?.address ?? "";
  }

  /** Takes no further connection; resolves when the last response has been sent, or after `graceMs` cuts them off. */
  async close(graceMs: number): Promise<void> {
    if (!this.#listener.isListening) return;
    // Only streams have an end to wait for. node's closeIdleConnections leaves connections that asked for nothing yet.
    await this.#listener.close(graceMs, (socket) => this.#lobby.has(otherEnd(socket)));
  }

  /** What measures is loaded, and measures, from when it is first asked for. */
  async #measure(): Promise<Measurements> {
    const { Metrics } = await import("./metrics/metrics.ts");
    this.#metrics ??= new Metrics(() => this.#broadcasts().map((broadcast) => this.#measured(broadcast)));
    return await this.#metrics.read();
  }

  #measured(broadcast: Broadcast): Measured {
    const status = broadcast.status();
    return { status, totals: broadcast.totals(), channel: this.#channels.get(status.name) ?? null };
  }

  async #answer(exchange: Exchange): Promise<void> {
    try {
      await respond(exchange, await this.#routes.fetch(toRequest(exchange), { exchange }));
    } catch (error) {
      await respond(exchange, refusal(500, "this is a bug of flvcast"));
      throw error;
    }
  }
}
