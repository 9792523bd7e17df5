import type { Server as HttpServer } from "node:http";
import type { Http2Server, Http2Session } from "node:http2";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { createServer as createTlsServer, type TLSSocket, Server as TlsServer } from "node:tls";
import { UserError } from "../../errors.ts";
import type { KeyPair } from "./certificate.ts";
import type { IdleConnections } from "./idle-connections.ts";
import { maxConnections, type ServerLimits } from "./limits.ts";

/** Who speaks what with the connections that come. */
export interface Speakers {
  readonly http1: HttpServer;
  readonly http2: Http2Server;
}

/**
 * One port: plain HTTP/1, or with a key pair TLS, where HTTP/1.1 and HTTP/2 are told apart by ALPN (RFC 7301).
 * node's own server for both reads HTTP/1 without the timers that cut slow headers.
 */
export class Listener {
  readonly #server: Server | TlsServer;
  readonly #speakers: Speakers;
  readonly #sockets = new Set<Socket>();
  readonly #sessions = new Set<Http2Session>();

  constructor(speakers: Speakers, idle: IdleConnections, limits: ServerLimits, keyPair: KeyPair | null) {
    this.#speakers = speakers;
    this.#server =
      keyPair === null
        ? createServer({ allowHalfOpen: true, noDelay: true }, (socket) =>
            speakers.http1.emit("connection", socket),
          )
        : this.#createTls(keyPair, limits);
    this.#server.maxConnections = Math.min(limits.maxViewers + limits.maxIdle, maxConnections());
    this.#server.prependListener("connection", (socket: Socket) => {
      this.#sockets.add(socket);
      socket.once("close", () => this.#sockets.delete(socket));
      idle.enter(socket);
    });
    speakers.http2.on("session", (session) => {
      this.#sessions.add(session);
      session.once("close", () => this.#sessions.delete(session));
    });
  }

  /** The next handshakes use another key pair; a plain listener has none. */
  renew(keyPair: KeyPair): void {
    if (this.#server instanceof TlsServer) this.#server.setSecureContext(keyPair);
  }

  /** @param target where to listen, in node's words. Rejects with node's error. */
  async listen(
    target: { readonly host: string; readonly port: number } | { readonly fd: number },
  ): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once("error", reject);
      this.#server.listen(target, () => {
        this.#server.off("error", reject);
        // Out of file descriptors: the connection is gone, those that are there go on, and the next may be had.
        this.#server.on("error", () => undefined);
        resolve();
      });
    });
  }

  get isListening(): boolean {
    return this.#server.listening;
  }

  /** null where it is no TCP port. */
  get address(): AddressInfo | null {
    const address = this.#server.address();
    return typeof address === "object" ? address : null;
  }

  /** Takes no further connection, and drops each that is idle; resolves when none is left, after `graceMs` by force. */
  async close(graceMs: number, isIdle: (socket: Socket) => boolean): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    for (const session of this.#sessions) session.close();
    for (const socket of this.#sockets) if (isIdle(socket)) socket.destroySoon();
    const timer = setTimeout(() => {
      for (const socket of this.#sockets) socket.destroy();
    }, graceMs);
    await closed;
    clearTimeout(timer);
    this.#speakers.http1.close();
    this.#speakers.http2.close();
  }

  #createTls({ cert, key }: KeyPair, { headTimeoutMs }: ServerLimits): TlsServer {
    const server = createTlsServer({
      cert,
      key,
      ALPNProtocols: ["h2", "http/1.1", "http/1.0"], // curl --http1.0 offers nothing else
      handshakeTimeout: headTimeoutMs,
    });
    server.on("secureConnection", (socket: TLSSocket) => {
      const { http1, http2 } = this.#speakers;
      (socket.alpnProtocol === "h2" ? http2 : http1).emit("connection", socket);
    });
    server.on("tlsClientError", (_error, socket) => socket.destroy()); // node itself leaves it open
    return server;
  }
}

export function unusableSocket(fd: number, cause?: Error): UserError {
  const why = cause === undefined ? "" : `: ${cause.message}`;
  return new UserError("failure", `file descriptor ${fd} (LISTEN_FDS) is no TCP socket that listens${why}`, {
    cause,
  });
}

export function listenFailure(error: Error, host: string, port: number): UserError {
  switch ((error as NodeJS.ErrnoException).code) {
    case "EADDRINUSE":
      return new UserError(
        "portInUse",
        `--port ${port} is in use on ${host}: stop what listens there, or give another --port (0 picks a free one)`,
      );
    case "EACCES":
      return new UserError("permission", `--port ${port} needs more rights: give a --port of 1024 or above`);
    case "EADDRNOTAVAIL":
    case "ENOTFOUND":
    case "EAI_AGAIN":
      return new UserError(
        "usage",
        `--host ${host} is no address of this machine: give one, or 0.0.0.0 for all`,
      );
    default:
      return new UserError("failure", `cannot listen on ${host}:${port}: ${error.message}`, { cause: error });
  }
}
