import { once } from "node:events";
import type { Server as HttpServer } from "node:http";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { createServer as createTlsServer, type TLSSocket, Server as TlsServer } from "node:tls";
import { UserError } from "../../errors.ts";
import type { KeyPair } from "./certificate.ts";
import type { IdleConnections } from "./idle-connections.ts";
import { maxConnections, type ServerLimits } from "./limits.ts";

/**
 * One port: HTTP/1, plain or with a key pair over TLS. HTTP/2 is not offered: behind its flow control, where every client
 * keeps what it has not read yet as it likes, nobody here can tell how far a viewer is behind, or whether it reads at all.
 */
export class Listener {
  #server: Server | TlsServer;
  /** Those before it, until their last connection is over. */
  readonly #former = new Set<Promise<void>>();
  readonly #http: HttpServer;
  readonly #idle: IdleConnections;
  readonly #limits: ServerLimits;
  readonly #sockets = new Set<Socket>();

  /** @param http is handed the connections */
  constructor(http: HttpServer, idle: IdleConnections, limits: ServerLimits, keyPair: KeyPair | null) {
    this.#http = http;
    this.#idle = idle;
    this.#limits = limits;
    this.#server = this.#create(keyPair);
  }

  /** The next handshakes use another key pair; a plain listener has none. */
  renew(keyPair: KeyPair): void {
    if (this.#server instanceof TlsServer) this.#server.setSecureContext(keyPair);
  }

  /**
   * Listens there from now on, and no longer where it did; connections stay.
   * @param target in node's words. Rejects with node's error, and then listens nowhere.
   */
  async listen(target: Target): Promise<void> {
    if (this.#server.listening) this.#server.close();
    await listening(this.#server, target);
  }

  /**
   * Listens there from now on, with this key pair, and then no longer where it did; connections stay.
   * Rejects with node's error, and then listens where it did.
   */
  async move(
    target: { readonly host: string; readonly port: number },
    keyPair: KeyPair | null,
  ): Promise<void> {
    const [next, last] = [this.#create(keyPair), this.#server];
    const { address } = this;
    try {
      await listening(next, target);
    } catch (error) {
      const isOurs = (error as NodeJS.ErrnoException).code === "EADDRINUSE" && target.port === address?.port;
      if (!isOurs) throw error;
      last.close(); // it takes no more connections at once; with those it has it goes on
      await listening(next, target).catch(async (refused: unknown) => {
        await listening(last, { host: address.address, port: address.port });
        throw refused;
      });
    }
    this.#server = next;
    const closed = new Promise<void>((resolve) => {
      last.once("close", resolve);
      if (last.listening) last.close();
    });
    this.#former.add(closed);
    void closed.then(() => this.#former.delete(closed));
  }

  /** null where it is no TCP port. */
  get address(): AddressInfo | null {
    const address = this.#server.address();
    return typeof address === "object" ? address : null;
  }

  /** Takes no further connection, and drops each that is idle; resolves when none is left, after `graceMs` by force. */
  async close(graceMs: number, isIdle: (socket: Socket) => boolean): Promise<void> {
    const closed = Promise.all([
      ...this.#former,
      new Promise<unknown>((resolve) => this.#server.close(resolve)),
    ]);
    for (const socket of this.#sockets) if (isIdle(socket)) socket.destroySoon();
    const timer = setTimeout(() => {
      for (const socket of this.#sockets) socket.destroy();
    }, graceMs);
    await closed;
    clearTimeout(timer);
    this.#http.close();
  }

  #create(keyPair: KeyPair | null): Server | TlsServer {
    const server =
      keyPair === null
        ? createServer({ allowHalfOpen: true, noDelay: true }, (socket) =>
            this.#http.emit("connection", socket),
          )
        : this.#createTls(keyPair, this.#limits);
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

  #createTls({ cert, key }: KeyPair, { headTimeoutMs }: ServerLimits): TlsServer {
    const server = createTlsServer({
      cert,
      key,
      ALPNProtocols: ["http/1.1", "http/1.0"], // curl --http1.0 offers nothing else
      handshakeTimeout: headTimeoutMs,
    });
    server.on("secureConnection", (socket: TLSSocket) => this.#http.emit("connection", socket));
    server.on("tlsClientError", (_error, socket) => socket.destroy()); // node itself leaves it open
    return server;
  }
}

type Target = { readonly host: string; readonly port: number } | { readonly fd: number };

async function listening(server: Server, target: Target): Promise<void> {
  const isListening = once(server, "listening"); // rejects with an error event
  server.listen(target);
  await isListening;
}

export function unusableSocket(fd: number, cause?: Error): UserError {
  const why = cause === undefined ? "" : `: ${cause.message}`;
  return new UserError("failure", `file descriptor ${fd} (LISTEN_FDS) is not a listening TCP socket${why}`, {
    cause,
  });
}

export function listenFailure(error: Error, host: string, port: number): UserError {
  switch ((error as NodeJS.ErrnoException).code) {
    case "EADDRINUSE":
      return new UserError(
        "portInUse",
        `port ${port} is already in use on ${host}; choose another with --port (0 for any free one)`,
      );
    case "EACCES":
      return new UserError("permission", `no permission to listen on --port ${port}: use one from 1024 up`);
    case "EADDRNOTAVAIL":
    case "ENOTFOUND":
    case "EAI_AGAIN":
      return new UserError(
        "addressUnavailable", // the network may come up later
        `--host ${host} is not an address of this machine; use one that is, or 0.0.0.0 for all`,
      );
    default:
      return new UserError("failure", `cannot listen on ${host}:${port}: ${error.message}`, { cause: error });
  }
}
