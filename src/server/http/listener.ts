import type { Server as HttpServer } from "node:http";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { createServer as createTlsServer, type TLSSocket, Server as TlsServer } from "node:tls";
import type { KeyPair } from "./certificate.ts";
import type { IdleConnections } from "./idle-connections.ts";
import { maxConnections, type ServerLimits } from "./limits.ts";
import { type HostAndPort, Port, type Target } from "./port.ts";

/**
 * One port: HTTP/1, plain or with a key pair over TLS. HTTP/2 is not offered: behind its flow control, where every client
 * keeps what it has not read yet as it likes, nobody here can tell how far a viewer is behind, or whether it reads at all.
 */
export class Listener {
  readonly #port: Port<Server | TlsServer>;
  readonly #http: HttpServer;
  readonly #idle: IdleConnections;
  readonly #limits: ServerLimits;
  readonly #sockets = new Set<Socket>();

  /** @param http is handed the connections */
  constructor(http: HttpServer, idle: IdleConnections, limits: ServerLimits, keyPair: KeyPair | null) {
    this.#http = http;
    this.#idle = idle;
    this.#limits = limits;
    this.#port = new Port(this.#create(keyPair));
  }

  renew(keyPair: KeyPair): void {
    const { server } = this.#port;
    if (server instanceof TlsServer) server.setSecureContext(keyPair);
  }

  async listen(target: Target): Promise<void> {
    await this.#port.listen(target);
  }

  /** See `Port.move`; from then on with this key pair. */
  async move(target: HostAndPort, keyPair: KeyPair | null): Promise<void> {
    await this.#port.move(target, this.#create(keyPair));
  }

  /** null where it is no TCP port. */
  get address(): AddressInfo | null {
    return this.#port.address;
  }

  /** Takes no further connection, and drops each that is idle; resolves when none is left, after `graceMs` by force. */
  async close(graceMs: number, isIdle: (socket: Socket) => boolean): Promise<void> {
    const closed = this.#port.close();
    for (const socket of this.#sockets) if (isIdle(socket)) socket.destroySoon();
    const timer = setTimeout(() => {
      for (const socket of this.#sockets) socket.destroy();
    }, graceMs);
    await closed;
    clearTimeout(timer);
    this.#http.close();
  }

  #create(keyPair: KeyPair | null): Server | TlsServer {
    const server = keyPair === null ? this.#createPlain() : this.#createTls(keyPair);
    // Out of file descriptors: the connection is gone, those that are there go on, and the next may be had.
    server.on("error", () => undefined);
    server.maxConnections = Math.min(this.#limits.maxViewers + this.#limits.maxIdle, maxConnections());
    server.prependListener("connection", (socket: Socket) => {
      this.#sockets.add(socket);
      socket.once("close", () => this.#sockets.delete(socket));
      this.#idle.enter(socket);
    });
    return server;
  }

  #createPlain(): Server {
    return createServer({ allowHalfOpen: true, noDelay: true }, (socket) =>
      this.#http.emit("connection", socket),
    );
  }

  #createTls({ cert, key }: KeyPair): TlsServer {
    const server = createTlsServer({
      cert,
      key,
      ALPNProtocols: ["http/1.1", "http/1.0"], // curl --http1.0 offers nothing else
      handshakeTimeout: this.#limits.headTimeoutMs,
    });
    server.on("secureConnection", (socket: TLSSocket) => this.#http.emit("connection", socket));
    server.on("tlsClientError", (_error, socket) => socket.destroy()); // node itself leaves it open
    return server;
  }
}
