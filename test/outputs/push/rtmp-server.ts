import { once } from "node:events";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import type { FlvMessage } from "../../../src/media/flv/message.ts";
import type { PublishRequest } from "../../../src/media/rtmp/publish-request.ts";
import { ServerSession } from "../../../src/media/rtmp/server-session.ts";

/** One who publishes, or tries to. */
export interface Publication {
  readonly request: PublishRequest;
  readonly socket: Socket;
  readonly messages: FlvMessage[];
  isEnded: boolean;
}

/** What a server says to a stream key: nothing, or why not. */
type Judge = (request: PublishRequest) => readonly [code: string, description: string] | null;

export interface RtmpServerOptions {
  readonly judge?: Judge;
  readonly tls?: { readonly key: string | Buffer; readonly cert: string | Buffer };
  readonly port?: number;
  readonly onUnpublish?: (request: PublishRequest) => void;
  readonly onMessage?: (message: FlvMessage) => void;
}

/** A server that takes streams over RTMP, and keeps what comes. */
export class RtmpServer {
  readonly publications: Publication[] = [];
  readonly sockets = new Set<Socket>();
  readonly #server: Server;
  readonly #options: RtmpServerOptions;

  private constructor(options: RtmpServerOptions) {
    this.#options = options;
    const onSocket = (socket: Socket) => this.#serve(socket);
    this.#server =
      options.tls === undefined ? createServer(onSocket) : createTlsServer(options.tls, onSocket);
    this.#server.on("tlsClientError", () => undefined);
  }

  static async listen(options: RtmpServerOptions = {}): Promise<RtmpServer> {
    const server = new RtmpServer(options);
    await once(server.#server.listen(options.port ?? 0, "127.0.0.1"), "listening");
    return server;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  url(key = "door", app = "live"): string {
    return `${this.#options.tls === undefined ? "rtmp" : "rtmps"}://127.0.0.1:${this.port}/${app}/${key}`;
  }

  /** As a process that is killed. */
  async close(): Promise<void> {
    const closed = once(this.#server, "close");
    this.#server.close();
    for (const socket of this.sockets) socket.resetAndDestroy();
    await closed;
  }

  #serve(socket: Socket): void {
    this.sockets.add(socket);
    socket.on("error", () => undefined);
    socket.once("close", () => this.sockets.delete(socket));
    const session = new ServerSession();
    let publication: Publication | null = null;
    const flush = () => {
      const output = session.takeOutput();
      if (output !== null) socket.write(output);
    };
    socket.on("data", (chunk) => {
      for (const event of session.push(chunk)) {
        if (event.kind === "message") {
          publication?.messages.push({ ...event.message, body: Buffer.from(event.message.body) });
          this.#options.onMessage?.(event.message);
        }
        if (event.kind === "unpublish" && publication !== null) {
          publication.isEnded = true;
          this.#options.onUnpublish?.(publication.request);
        }
        if (event.kind !== "publish") continue;
        const { request } = event;
        const refusal = this.#options.judge?.(request) ?? null;
        if (refusal !== null) {
          session.refuse(...refusal);
          continue;
        }
        session.accept();
        publication = { request, socket, messages: [], isEnded: false };
        this.publications.push(publication);
      }
      flush();
    });
    flush();
  }
}
