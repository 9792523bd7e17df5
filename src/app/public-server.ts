import { lookup } from "node:dns/promises";
import { isLoopback, isUnspecified } from "../auth/address.ts";
import { UserError } from "../errors.ts";
import { type LogEvent, notice, warning } from "../log.ts";
import { AddressWatch } from "../server/http/address-watch.ts";
import type { KeyPair } from "../server/http/certificate.ts";
import type { CertificateWatch } from "../server/http/certificate-watch.ts";
import type { HostAndPort } from "../server/http/port.ts";
import type { HttpServer } from "../server/server.ts";
import { publishUrl, type Site, type StreamUrls, streamUrls } from "../server/urls.ts";
import type { StreamAccess } from "../settings/serve-settings.ts";
import type { StreamHandle } from "../stream.ts";
import { addressesOfNow, interfaceAddresses } from "../system/own-addresses.ts";
import { passedSocket } from "../systemd/passed-socket.ts";
import { type HeldToken, urlWith } from "./access.ts";
import type { Serving } from "./make-server.ts";
import { PublishPort } from "./publish-port.ts";
import type { Publishing } from "./publishing.ts";
import { ServerAccess } from "./server-access.ts";
import { type PublicServerSettings, serverChange } from "./server-change.ts";

export interface PublicServerOptions {
  readonly env: NodeJS.ProcessEnv;
  readonly onNotice: (event: LogEvent) => void;
  /** What the API, the metrics and the page tell of. */
  readonly streams: () => readonly StreamHandle[];
  readonly publishing: Pick<Publishing, "failures" | "publishers" | "news">;
}

interface Listening {
  readonly server: HttpServer;
  readonly access: ServerAccess;
}

export interface Home {
  readonly url: string;
  /** Others than this machine reach it. */
  readonly isPublic: boolean;
  readonly needsToken: boolean;
  /** With the token that it needs. */
  readonly urlWithToken: string;
}

const CLOSE_GRACE_MS = 3000;

/** The HTTP server with its certificate, its port and its token, from before it is loaded until it is closed. */
export class PublicServer {
  #settings: PublicServerSettings;
  readonly #options: PublicServerOptions;
  /** A tenth of a second, spent while ffmpeg is asked for its version. */
  readonly #loading: Promise<Serving>;
  readonly #own = addressesOfNow();
  #opening: Promise<Listening> | null = null;
  /** Where it listens, as asked for; null before it does. */
  #bound: Pick<Site, "host" | "port"> | null = null;
  #site: Site | null = null;
  #access: ServerAccess | null = null;
  #addressWatch: AddressWatch | null = null;
  /** In place of the one that the server was made with. */
  #certificate: CertificateWatch | null = null;
  #closing: Promise<void> | null = null;
  readonly #publishPort: PublishPort;

  constructor(settings: PublicServerSettings, options: PublicServerOptions) {
    this.#settings = settings;
    this.#options = options;
    this.#publishPort = new PublishPort(options.publishing);
    this.#loading = import("./make-server.ts").then(({ makeServer }) =>
      makeServer(settings, options.onNotice),
    );
    this.#loading.catch(() => undefined); // reported when it is opened
  }

  /**
   * Has a stream watched by others than those with the server's token. It listens already.
   * @throws UserError where its token cannot be had
   */
  async setStreamAccess(name: string, access: StreamAccess | null): Promise<void> {
    await (await this.open()).access.setStream(name, access);
  }

  /** What opens a stream, and stands in its URLs; null where it needs none, or it is not open yet. */
  tokenOf(name: string): HeldToken | null {
    return this.#access?.tokenOf(name) ?? null;
  }

  /**
   * Serves by other settings from now on: elsewhere, for others, or with another certificate. Those inside stay.
   * @returns the settings that stay as they were until the server is started again
   * @throws UserError where something cannot be had: then all is as it was
   */
  async reload(settings: PublicServerSettings): Promise<readonly string[]> {
    const { server, access } = await this.open();
    const { keyPairFiles, usableKeyPair, watchCertificate } = await import("./make-server.ts");
    const change = serverChange(this.#settings, settings, passedSocket(this.#options.env) !== null);
    const { next, isMoved, hasOtherFiles, hasOtherAccess } = change;
    const files = keyPairFiles(next);
    const keyPair = files === null ? null : await usableKeyPair(files, this.#options.onNotice);
    const address = isMoved ? await addressOf(next.host) : server.address;
    const former = isMoved || hasOtherAccess ? access.use(await access.prepare(next, address)) : null;
    server.setGate(access.gate);
    const publishedAt = this.#publishPort.at;
    try {
      if (next.hasPublishers) await this.#publishPort.set(publishPlace(next), server);
      if (isMoved) await this.#move(server, next, keyPair);
    } catch (failure) {
      await this.#publishPort.set(publishedAt, server).catch(() => undefined); // another has taken it meanwhile
      if (former !== null) access.use(former);
      server.setGate(access.gate);
      throw failure;
    }
    if (!next.hasPublishers) await this.#publishPort.set(null, server);
    this.#settings = next;
    if (hasOtherFiles) {
      await this.#unfollow();
      if (keyPair !== null && !isMoved) server.renew(keyPair);
      if (files !== null && keyPair !== null)
        this.#certificate = watchCertificate(server, files, keyPair, this.#options.onNotice);
    }
    return change.kept;
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

  /** Where streams are published at this moment; null where they are not. */
  publishUrl(): string | null {
    const { at } = this.#publishPort;
    if (at === null || this.#site === null) return null;
    const scheme = this.#site.scheme === "https" ? "rtmps" : "rtmp";
    return publishUrl({ scheme, ...at }, this.#own);
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
    const { failures } = this.#options.publishing;
    const access = await ServerAccess.open(this.#settings, address, { env, onNotice, failures });
    if (this.#settings.hasPublishers) await this.#publishPort.set(publishPlace(this.#settings), server);
    this.#access = access;
    server.setGate(access.gate);
    this.#site = { scheme, ...this.#bound, address };
    this.#addressWatch = this.#watch(server, this.#site, passed !== null);
    return { server, access };
  }

  async #move(
    server: HttpServer,
    { host, port, tlsCert }: PublicServerSettings,
    keyPair: KeyPair | null,
  ): Promise<void> {
    await this.#addressWatch?.close(); // it would listen where it did
    const wanted = port === 0 ? (this.#bound?.port ?? 0) : port; // any, as the one that it has is
    try {
      this.#bound = { host, port: await server.move(host, wanted, keyPair) };
      this.#site = { scheme: tlsCert === null ? "http" : "https", ...this.#bound, address: server.address };
    } finally {
      if (this.#site !== null) this.#addressWatch = this.#watch(server, this.#site, false);
    }
  }

  async #unfollow(): Promise<void> {
    (await this.#loading).certificate?.close();
    this.#certificate?.close();
    this.#certificate = null;
  }

  /** Where all streams are, and who gets there; null before it is open. */
  get home(): Home | null {
    const urls = this.urls("all");
    if (urls === null) return null;
    const token = this.#access?.token ?? null;
    const url = `${new URL(urls.pageUrl).origin}/`;
    const { isPublic } = urls;
    return { url, isPublic, needsToken: token !== null, urlWithToken: urlWith(token, url) };
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
    await this.#publishPort.close();
    const serving = await this.#loading.catch(() => null);
    if (serving !== null) await this.#unfollow();
    await serving?.server.close(CLOSE_GRACE_MS);
  }
}

function publishPlace({ host, rtmpPort: port }: PublicServerSettings): HostAndPort {
  return { host, port };
}

async function addressOf(host: string): Promise<string> {
  try {
    return (await lookup(host)).address;
  } catch (cause) {
    throw new UserError("addressUnavailable", `--host ${host} is not an address of this machine`, { cause });
  }
}
