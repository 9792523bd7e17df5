import type { Socket } from "node:net";
import { networkOf } from "../../auth/address.ts";
import type { ServerLimits } from "./limits.ts";

/** A connection has so long to become a stream before it counts: viewers behind one proxy may all come at once. */
const GRACE_MS = 1000;

type IdleLimits = Pick<ServerLimits, "maxIdle" | "maxIdlePerNetwork">;

interface Waiting {
  readonly socket: Socket;
  readonly network: string;
  readonly sinceMs: number;
}

/** The connections that carry no stream: where they are too many, the oldest goes. */
export class IdleConnections {
  readonly #limits: IdleLimits;
  readonly #now: () => number;
  /** By their other end, oldest first. */
  readonly #waiting = new Map<string, Waiting>();
  readonly #byNetwork = new Map<string, Set<Waiting>>();

  /** @param now in milliseconds, of a clock that only grows */
  constructor(limits: IdleLimits, now = () => performance.now()) {
    this.#limits = limits;
    this.#now = now;
  }

  /** Whether a connection is here still, by its `peerOf`. */
  has(end: string): boolean {
    return this.#waiting.has(end);
  }

  enter(socket: Socket): void {
    const end = peerOf(socket);
    const waiting = { socket, network: networkOf(socket.remoteAddress ?? ""), sinceMs: this.#now() };
    const network = this.#byNetwork.get(waiting.network) ?? new Set();
    this.#waiting.set(end, waiting);
    this.#byNetwork.set(waiting.network, network.add(waiting));
    socket.once("close", () => this.leave(end));
    if (network.size > this.#limits.maxIdlePerNetwork) this.#drop(network);
    if (this.#waiting.size > this.#limits.maxIdle) this.#drop(this.#waiting.values());
  }

  /** It carries a stream, or is gone. */
  leave(end: string): void {
    const waiting = this.#waiting.get(end);
    if (waiting === undefined) return;
    this.#waiting.delete(end);
    const network = this.#byNetwork.get(waiting.network);
    network?.delete(waiting);
    if (network?.size === 0) this.#byNetwork.delete(waiting.network);
  }

  #drop(oldestFirst: Iterable<Waiting>): void {
    for (const { socket, sinceMs } of oldestFirst) {
      if (this.#now() - sinceMs > GRACE_MS) socket.destroy();
      return;
    }
  }
}

/** Its address and port: the same for a TLS socket and for the one below it. */
export function peerOf({ remoteAddress, remotePort }: Pick<Socket, "remoteAddress" | "remotePort">): string {
  return `${remoteAddress} ${remotePort}`;
}
