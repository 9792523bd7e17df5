import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { createSecureContext, type SecureContext, TLSSocket } from "node:tls";
import { plainAddress } from "../../auth/address.ts";
import type { KeyPair } from "../http/certificate.ts";
import { IdleConnections, peerOf } from "../http/idle-connections.ts";
import { maxConnections } from "../http/limits.ts";
import { type HostAndPort, listenFailure, Port } from "../http/port.ts";
import { RtmpConnection } from "./connection.ts";
import { defaultRtmpLimits, type RtmpLimits } from "./limits.ts";
import type { PublisherNews } from "./news.ts";
import type { Publishers } from "./publishers.ts";

export interface RtmpServerOptions {
  readonly publishers: Pick<Publishers, "judge">;
  /** The certificate at this moment; null: there is no TLS. */
  readonly keyPair: () => KeyPair | null;
  readonly news: PublisherNews;
  readonly limits?: Partial<RtmpLimits>;
}

/** ContentType handshake (RFC 8446, 5.1), and RTMP's version (Adobe RTMP 1.0, 5.2.2): what comes first. */
const TLS_HANDSHAKE = 0x16;
const RTMP_VERSION = 0x03;

/** One port for all who publish, over RTMP and, where there is a certificate, RTMPS: the first byte tells. */
export class RtmpServer {
  readonly #options: RtmpServerOptions;
  readonly #limits: RtmpLimits;
  readonly #idle: IdleConnections;
  readonly #port: Port<Server>;
  readonly #sockets = new Set<Socket>();
  #context: { readonly keyPair: KeyPair; readonly secureContext: SecureContext } | null = null;

  constructor(options: RtmpServerOptions) {
    this.#options = options;
    this.#limits = { ...defaultRtmpLimits, ...options.limits };
    this.#idle = new IdleConnections(this.#limits);
    this.#port = new Port(this.#create());
  }

  /** Listens there from now on; publishers stay. @throws UserError when it cannot be had: then all is as it was */
  async listen(target: HostAndPort): Promise<void> {
    await this.#port.move(target, this.#create()).catch((error: Error) => {
      throw listenFailure(error, target, "--rtmp-port");
    });
  }

  /** Listens no longer; publishers stay. */
  stop(): void {
    this.#port.stop();
  }

  get address(): AddressInfo | null {
    return this.#port.address;
  }

  async close(): Promise<void> {
    const closed = this.#port.close();
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  #create(): Server {
    const server = createServer({ noDelay: true, keepAlive: true, keepAliveInitialDelay: 10_000 });
    server.on("error", () => undefined); // out of file descriptors: the next connection may be had
    server.maxConnections = maxConnections();
    server.on("connection", (socket) => this.#accept(socket));
    return server;
  }

  #accept(socket: Socket): void {
    this.#sockets.add(socket);
    this.#idle.enter(socket);
    const end = peerOf(socket);
    const late = setTimeout(() => socket.destroy(), this.#limits.publishTimeoutMs).unref();
    socket.on("error", () => socket.destroy());
    socket.once("close", () => {
      clearTimeout(late);
      this.#sockets.delete(socket);
    });
    const onPublishing = () => {
      clearTimeout(late);
      this.#idle.leave(end);
    };
    socket.once("readable", () => this.#begin(socket, onPublishing));
  }

  /** As its first byte says. */
  #begin(socket: Socket, onPublishing: () => void): void {
    const first: Buffer | null = socket.read();
    if (first === null) return void socket.destroy(); // it is over
    socket.unshift(first);
    if (first[0] === RTMP_VERSION) return this.#connect(socket, socket, onPublishing);
    const secureContext = first[0] === TLS_HANDSHAKE ? this.#secureContext() : null;
    if (secureContext === null) return void socket.destroy();
    const tls = new TLSSocket(socket, { isServer: true, secureContext });
    tls.on("error", () => socket.destroy());
    tls.once("secure", () => this.#connect(tls, socket, onPublishing));
  }

  #connect(socket: Socket, { remoteAddress = "" }: Socket, onPublishing: () => void): void {
    const { publishers, news } = this.#options;
    const address = plainAddress(remoteAddress) ?? remoteAddress;
    void new RtmpConnection(socket, { publishers, news, limits: this.#limits, address, onPublishing });
  }

  /** Made again where the certificate is another one. */
  #secureContext(): SecureContext | null {
    const keyPair = this.#options.keyPair();
    if (keyPair === null) return null;
    if (this.#context?.keyPair !== keyPair)
      this.#context = { keyPair, secureContext: createSecureContext(keyPair) };
    return this.#context.secureContext;
  }
}
