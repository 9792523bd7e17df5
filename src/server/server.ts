import { join } from "node:path";
import type { Gate } from "../auth/request.ts";
import type { Hub } from "../outputs/live/hub.ts";
import { Mp4Cache } from "../recordings/mp4-cache.ts";
import type { StreamHandle } from "../stream.ts";
import { foldersOf } from "../system/folders.ts";
import { LagWatch } from "../system/lag-watch.ts";
import { RecentClips } from "./clips/recent-clips.ts";
import { PageFiles } from "./files/page-files.ts";
import { StaticFiles } from "./files/static-files.ts";
import type { KeyPair } from "./http/certificate.ts";
import { createHttp1 } from "./http/http1.ts";
import { IdleConnections, peerOf } from "./http/idle-connections.ts";
import { defaultServerLimits, type ServerLimits } from "./http/limits.ts";
import { Listener } from "./http/listener.ts";
import { listenFailure, unusableSocket } from "./http/port.ts";
import { respond } from "./http/respond.ts";
import type { Measured, Metrics } from "./metrics/metrics.ts";
import { Downloads } from "./recordings/downloads.ts";
import { type Handler, type Measurements, makeRoutes } from "./routes.ts";
import { AddressLimit } from "./viewers/address-limit.ts";

export interface HttpServerOptions {
  readonly hubs?: readonly Hub[];
  /** Who lets in. Where it is not known yet, `setGate` tells; nobody is let in before. */
  readonly gate?: Gate;
  /** With it the server speaks HTTPS alone. */
  readonly keyPair?: KeyPair | null;
  /** The folder whose files are served, beside the streams. */
  readonly www?: string | null;
  readonly limits?: Partial<ServerLimits>;
  /** Where recordings are made MP4 files. */
  readonly mp4s?: Mp4Cache;
  /**
   * A bug has cost a request, whose method and path come with it. Where nobody asks to be told, it is a warning of the
   * process, with its stack.
   */
  readonly onError?: (error: Error, request: string) => void;
}

/** Clips that are sent at once: each may be all that a stream keeps. */
const MAX_CLIPS = 4;

/** The HTTP server: each hub at `/live/NAME.flv`. */
export class HttpServer {
  readonly #listener: Listener;
  readonly #idle: IdleConnections;
  readonly #route: Handler;
  /** By name; null while a stream is known by name alone. */
  readonly #hubs = new Map<string, Hub | null>();
  #gate: Gate | null;
  /** Who asks before the gate is known waits for it: a passed socket's first client has come before this process. */
  #gateKnown: Promise<void> | null = null;
  #letIn: () => void = () => undefined;
  #streams: () => readonly StreamHandle[] = () => [];
  #metrics: Metrics | null = null;
  readonly #mp4s: Mp4Cache;
  #keyPair: KeyPair | null;

  constructor({ hubs = [], gate, keyPair, www, mp4s, limits: given, onError = warn }: HttpServerOptions) {
    const limits = { ...defaultServerLimits, ...given };
    this.#mp4s = mp4s ?? usualMp4s();
    this.#gate = gate ?? null;
    this.#keyPair = keyPair ?? null;
    this.#idle = new IdleConnections(limits);
    this.#route = makeRoutes({
      gate: () => this.#gate,
      hubs: this.#hubs,
      streams: () => this.#streams(),
      metrics: () => this.#measure(),
      addressLimit: new AddressLimit(limits.maxViewersPerAddress),
      lagWatch: new LagWatch(),
      downloads: new Downloads(),
      clipDownloads: new Downloads(MAX_CLIPS),
      recentClips: new RecentClips(),
      mp4s: this.#mp4s,
      page: new PageFiles(),
      files: www == null ? null : new StaticFiles(www),
      onViewer: ({ request }) => this.#idle.leave(peerOf(request.socket)),
    });
    for (const hub of hubs) this.serve(hub);
    const http = createHttp1(limits, {
      answer: async (exchange) => {
        if (this.#gate === null && this.#gateKnown !== null) await this.#gateKnown;
        await respond(exchange, await this.#route(exchange));
      },
      onError: (error, request) =>
        onError(error instanceof Error ? error : new Error(String(error)), request),
    });
    this.#listener = new Listener(http, this.#idle, limits, keyPair ?? null);
  }

  setGate(gate: Gate): void {
    this.#gate = gate;
    this.#letIn();
  }

  /** From now on these are told of, and done to what is asked. */
  setStreams(streams: () => readonly StreamHandle[]): void {
    this.#streams = streams;
  }

  /** Answers for a stream that is to come: not yet, instead of not here. */
  announce(name: string): void {
    this.#hubs.set(name, null);
  }

  serve(hub: Hub): void {
    this.#hubs.set(hub.name, hub);
  }

  /** Forgets a stream that has ended: there is none of its name any more. */
  remove(name: string): void {
    this.#hubs.delete(name);
  }

  /** The next TLS handshakes use another key pair. */
  renew(keyPair: KeyPair): void {
    this.#keyPair = keyPair;
    this.#listener.renew(keyPair);
  }

  /**
   * Listens there from now on, and no longer where it did; viewers stay.
   * @returns the port. @throws UserError when the port or the address cannot be had: then it listens nowhere
   */
  async listen(host: string, port: number): Promise<number> {
    await this.#listener.listen({ host, port }).catch((error: Error) => {
      throw listenFailure(error, { host, port });
    });
    return this.#listener.address?.port ?? port;
  }

  /**
   * Listens there from now on, over TLS with a key pair and without it plain, and then no longer where it did; viewers stay.
   * @returns the port. @throws UserError when the port or the address cannot be had: then all is as it was
   */
  async move(host: string, port: number, keyPair: KeyPair | null): Promise<number> {
    await this.#listener.move({ host, port }, keyPair).catch((error: Error) => {
      throw listenFailure(error, { host, port });
    });
    this.#keyPair = keyPair;
    return this.#listener.address?.port ?? port;
  }

  /** Listens on a socket that is another's, who listens already. @throws UserError where it is no listening TCP socket */
  async listenOn(socket: { readonly fd: number }): Promise<{ readonly host: string; readonly port: number }> {
    this.#gateKnown ??= new Promise((resolve) => (this.#letIn = resolve));
    await this.#listener.listen(socket).catch((error: Error) => {
      throw unusableSocket(socket.fd, error);
    });
    const { address } = this.#listener;
    if (address === null) throw unusableSocket(socket.fd);
    return { host: address.address, port: address.port };
  }

  /** What new connections are encrypted with; null: they are plain. */
  get keyPair(): KeyPair | null {
    return this.#keyPair;
  }

  get address(): string {
    return this.#listener.address?.address ?? "";
  }

  async close(graceMs: number): Promise<void> {
    this.#letIn();
    // Only streams have an end to wait for. node's closeIdleConnections leaves connections that asked for nothing yet.
    await this.#listener.close(graceMs, (socket) => this.#idle.has(peerOf(socket)));
    await this.#mp4s.close();
  }

  /** What measures is loaded, and measures, from when it is first asked for. */
  async #measure(): Promise<Measurements> {
    const { Metrics } = await import("./metrics/metrics.ts");
    this.#metrics ??= new Metrics(() => this.#streams().map((stream) => this.#measured(stream)));
    return await this.#metrics.read();
  }

  #measured(stream: StreamHandle): Measured {
    const status = stream.status();
    return { status, totals: stream.totals(), hub: this.#hubs.get(status.name) ?? null };
  }
}

/** Of the ffmpeg that a shell would find. */
function usualMp4s(): Mp4Cache {
  const folder = join(foldersOf(process.env).cache, "mp4");
  return new Mp4Cache({ folder, ffmpegPath: async () => "ffmpeg" });
}

function warn(error: Error, request: string): void {
  process.emitWarning(error.stack ?? error.message, "Error", request);
}
