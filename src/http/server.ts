import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { UserError } from "../failure.ts";
import type { Channel } from "../live/channel.ts";
import { isStreaming, refuseForNow, serveFlv } from "./flv-response.ts";
import { refuse } from "./refuse.ts";

/** The HTTP server of a cast: each channel at `/live/NAME.flv`. */
export class HttpServer {
  readonly #server: Server;
  /** By path; null while a stream is known by name alone. */
  readonly #channels = new Map<string, Channel | null>();
  readonly #sockets = new Set<Socket>();

  constructor(channels: readonly Channel[]) {
    for (const channel of channels) this.serve(channel);
    this.#server = createServer((request, response) => this.#route(request, response));
    this.#server.on("connection", (socket: Socket) => {
      this.#sockets.add(socket);
      socket.once("close", () => this.#sockets.delete(socket));
    });
  }

  /** Answers for a stream that is to come: not yet, instead of not here. */
  announce(name: string): void {
    this.#channels.set(flvPath(name), null);
  }

  /** Serves a channel from now on, in place of any other of its name. */
  serve(channel: Channel): void {
    this.#channels.set(flvPath(channel.name), channel);
  }

  /** @returns the port that it listens on. @throws UserError when the port or the address cannot be had. */
  async listen(host: string, port: number): Promise<number> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once("error", (error) => reject(listenFailure(error, host, port)));
      this.#server.listen(port, host, resolve);
    });
    return this.#address().port;
  }

  /** Listens on a socket that is another's, who listens already. @throws UserError where it is no listening TCP socket */
  async listenOn(socket: { readonly fd: number }): Promise<{ readonly host: string; readonly port: number }> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once("error", (error) => reject(unusableSocket(socket.fd, error)));
      this.#server.listen(socket, resolve);
    });
    if (typeof this.#server.address() !== "object") throw unusableSocket(socket.fd);
    const { address, port } = this.#address();
    return { host: address, port };
  }

  #address(): AddressInfo {
    return this.#server.address() as AddressInfo; // a TCP server that listens has one
  }

  /** Takes no further connection; resolves when the last response has been sent, or after `graceMs` cuts them off. */
  async close(graceMs: number): Promise<void> {
    if (!this.#server.listening) return;
    const closed = new Promise((resolve) => this.#server.close(resolve));
    // Only streams have an end to wait for. node's closeIdleConnections leaves connections that asked for nothing yet.
    for (const socket of this.#sockets) if (!isStreaming(socket)) socket.destroySoon();
    const timer = setTimeout(() => this.#server.closeAllConnections(), graceMs);
    await closed;
    clearTimeout(timer);
  }

  #route(request: IncomingMessage, response: ServerResponse): void {
    if (isStreaming(request.socket)) return;
    const path = (request.url ?? "").replace(/\?.*$/s, "");
    const channel = this.#channels.get(path);
    if (channel === undefined) return refuse(response, 404, "there is no such stream here");
    if (request.method !== "GET" && request.method !== "HEAD") {
      response.setHeader("Allow", "GET, HEAD");
      return refuse(response, 405, "a stream is only read: use GET");
    }
    return channel === null
      ? refuseForNow(response, "this stream waits for its device")
      : serveFlv(channel, request, response);
  }
}

export function flvPath(name: string): string {
  return `/live/${name}.flv`;
}

function unusableSocket(fd: number, cause?: Error): UserError {
  const why = cause === undefined ? "" : `: ${cause.message}`;
  return new UserError("failure", `file descriptor ${fd} (LISTEN_FDS) is no TCP socket that listens${why}`, {
    cause,
  });
}

function listenFailure(error: Error, host: string, port: number): UserError {
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
