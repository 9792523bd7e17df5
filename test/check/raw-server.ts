import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import { createServer as createTlsServer } from "node:tls";

/** A server that answers each request with bytes of the test's own, however wrong. */
export class RawServer {
  /** The requests that came, whole. */
  readonly requests: string[] = [];
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #scheme: "http" | "https";

  private constructor(scheme: "http" | "https", answer: Answer) {
    this.#scheme = scheme;
    const serve = (socket: Socket) => this.#serve(socket, answer);
    this.#server = scheme === "http" ? createServer(serve) : createTlsServer(credentials(), serve);
  }

  static async start(answer: Answer, scheme: "http" | "https" = "http"): Promise<RawServer> {
    const server = new RawServer(scheme, answer);
    server.#server.listen(0, "127.0.0.1");
    await once(server.#server, "listening");
    return server;
  }

  url(path = "/live/cam0.flv", user = ""): URL {
    const address = this.#server.address();
    if (address === null || typeof address === "string") throw new Error("a TCP server has a port");
    return new URL(`${this.#scheme}://${user}127.0.0.1:${address.port}${path}`);
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, "close");
  }

  #serve(socket: Socket, answer: Answer): void {
    this.#sockets.add(socket);
    let request = "";
    socket.on("error", () => undefined); // a client that has seen enough resets the connection
    socket.on("data", (chunk) => {
      request += chunk.toString("latin1");
      const isOther = !request.startsWith("GET "); // a TLS handshake, answered in HTTP as servers do
      if (!isOther && !request.endsWith("\r\n\r\n")) return;
      this.requests.push(request);
      answer(socket, /^GET (\S+)/.exec(request)?.[1] ?? "", this);
    });
  }
}

type Answer = (socket: Socket, path: string, server: RawServer) => void;

/** Its own authority: nobody trusts it. */
function credentials() {
  return {
    key: readFileSync("test/fixtures/tls/key.pem"),
    cert: readFileSync("test/fixtures/tls/cert.pem"),
  };
}
