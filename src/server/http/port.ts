import { once } from "node:events";
import type { AddressInfo, Server } from "node:net";
import { PortInUseError, UserError } from "../../errors.ts";

export interface HostAndPort {
  readonly host: string;
  readonly port: number;
}

/** Where to listen, in node's words. */
export type Target = HostAndPort | { readonly fd: number };

/** A server that listens, and that another one can take the place of: the connections stay. */
export class Port<AnyServer extends Server> {
  #server: AnyServer;
  /** Those before it, until their last connection is over. */
  readonly #former = new Set<Promise<void>>();

  constructor(server: AnyServer) {
    this.#server = server;
  }

  get server(): AnyServer {
    return this.#server;
  }

  get address(): AddressInfo | null {
    const address = this.#server.address();
    return typeof address === "object" ? address : null;
  }

  /** Listens there from now on, and no longer where it did. Rejects with node's error, and then listens nowhere. */
  async listen(target: Target): Promise<void> {
    if (this.#server.listening) this.#server.close();
    await listening(this.#server, target);
  }

  /** `next` listens there from now on, and nobody where it was. Rejects with node's error, and then all is as before. */
  async move(target: HostAndPort, next: AnyServer): Promise<void> {
    const [last, { address }] = [this.#server, this];
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
    if (address !== null) this.#retire(last);
  }

  /** Listens no longer; connections stay. */
  stop(): void {
    if (this.#server.listening) this.#retire(this.#server);
  }

  async close(): Promise<void> {
    const closed = new Promise<unknown>((resolve) => this.#server.close(resolve));
    await Promise.all([...this.#former, closed]);
  }

  /** It may have been closed already, and its last connection be over. */
  #retire(server: Server): void {
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    this.#former.add(closed);
    void closed.then(() => this.#former.delete(closed));
  }
}

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

/** @param flag what chooses the port */
export function listenFailure(error: Error, { host, port }: HostAndPort, flag = "--port"): UserError {
  switch ((error as NodeJS.ErrnoException).code) {
    case "EADDRINUSE":
      return new PortInUseError(
        `port ${port} is already in use on ${host}; choose another with ${flag} (0 for any free one)`,
        { port, flag },
      );
    case "EACCES":
      return new UserError("permission", `no permission to listen on ${flag} ${port}: use one from 1024 up`);
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
