import { lookup } from "node:dns/promises";
import { isLoopback, isUnspecified } from "../auth/address.ts";
import type { UserError } from "../errors.ts";
import { type LogEvent, notice, warning } from "../log.ts";
import { AddressWatch } from "../server/http/address-watch.ts";
import type { HttpServer } from "../server/server.ts";
import { type Site, type StreamUrls, streamUrls } from "../server/urls.ts";
import type { StreamAccess } from "../settings/serve-settings.ts";
import type { ServerSettings } from "../settings/settings.ts";
import type { StreamHandle } from "../status.ts";
import { interfaceAddresses, type OwnAddress, ownAddresses } from "../system/own-addresses.ts";
import { passedSocket } from "../systemd/passed-socket.ts";
import { type Access, type HeldToken, openGate, streamToken } from "./access.ts";
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

/** A server that listens, and by whom it is reached. */
export interface Listening {
  readonly server: HttpServer;
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
  readonly #own = rarely(ownAddresses);
  #opening: Promise<Listening> | null = null;
  /** Where it listens, as asked for; null before it does. */
  #bound: Pick<Site, "host" | "port"> | null = null;
  #site: Site | null = null;
  #addressWatch: AddressWatch | null = null;
  #closing: Promise<void> | null = null;

  constructor(settings: PublicServerSettings, options: PublicServerOptions) {
    this.#settings = settings;
    this.#options = options;
    this.#loading = import("./make-server.ts").then(({ makeServer }) =>
      makeServer(settings, options.onNotice),
    );
    this.#loading.catch(() => undefined); // reported when it is opened
  }

  /**
   * Has a stream watched by others than those with the server's token. It listens already.
   * @throws UserError where its token cannot be had
   */
  async setStreamAccess(name: string, access: StreamAccess | null): Promise<HeldToken | null> {
    const {
      access: { gate, token },
    } = await this.open();
    const own = access === null ? token : await streamToken(name, access, this.#options);
    gate.setStream(name, access === null ? null : { token: own?.text ?? null });
    return own;
  }

  /** Listens, if it does not yet. @throws UserError when the certificate, the port or the token cannot be had: the latter two may be tried again */
  open(): Promise<Listening> {
    this.#opening ??= this.#listen().catch((error: unknown) => {
      this.#opening = null;
      throw error;
    });
    return this.#opening;
  }

  /** Where a stream is watched at this moment; null before it is open. */
  urls(name: string): StreamUrls | null {
    return this.#site && streamUrls(this.#site, name, this.#own);
  }

  /** Why nobody can reach it, though it is open; null where they can. */
  get failure(): UserError | null {
    return this.#addressWatch?.failure ?? null;
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
    const { host, port } = this.#settings;
    const passed = passedSocket(env);
    this.#bound ??=
      passed === null ? { host, port: await server.listen(host, port) } : await server.listenOn(passed);
    const { address } = server;
    const access = await openGate(this.#settings, address, { env, onNotice });
    server.setGate(access.gate);
    this.#site = { scheme, ...this.#bound, address };
    this.#addressWatch = this.#watch(server, this.#site, passed !== null);
    return { server, access };
  }

  /** Follows the one address that is listened on; null where that is every one, or this machine's alone. */
  #watch(server: HttpServer, { host, address, port }: Site, isPassed: boolean): AddressWatch | null {
    if (isUnspecified(address) || isLoopback(address)) return null;
    const { onNotice } = this.#options;
    return new AddressWatch({
      ...{ host, address, own: interfaceAddresses },
      lookUp: async (name) => (await lookup(name, { all: true })).map((found) => found.address),
      listen: async (to) => void (await server.listen(to, port)),
      // Measured on Linux; one that systemd holds is on Linux, and not ours to open again.
      outlivesAddress: isPassed || process.platform === "linux",
      onLost: ({ message }, lost) => onNotice(warning("address-lost", message, { address: lost })),
      onBack: (back, hasMoved) => {
        const text = hasMoved ? `${host} is now ${back}; listening there` : `${back} is back`;
        onNotice(notice("address-back", text, { address: back }));
      },
    });
  }

  async #end(): Promise<void> {
    await this.#opening?.catch(() => undefined); // it may be about to listen
    await this.#addressWatch?.close();
    const serving = await this.#loading.catch(() => null);
    serving?.certificate?.close();
    await serving?.server.close(CLOSE_GRACE_MS);
  }
}

/** However many ask, the system is asked a few times a second at most. */
const OWN_FOR_MS = 200;

function rarely(look: () => readonly OwnAddress[]): () => readonly OwnAddress[] {
  let own: readonly OwnAddress[] = [];
  let lookedMs = Number.NEGATIVE_INFINITY;
  return () => {
    if (performance.now() - lookedMs < OWN_FOR_MS) return own;
    own = look();
    lookedMs = performance.now();
    return own;
  };
}
