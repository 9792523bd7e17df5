import type { Socket } from "node:net";
import { networkOf } from "../../auth/address.ts";
import type { ServerLimits } from "./limits.ts";

/** A connection has so long to become a stream before it counts: viewers behind one proxy may all come at once. */
const GRACE_MS = 1000;
/** Turns of the event loop after which its request has been read, had it come. */
const GRACE_TURNS = 2;

type IdleLimits = Pick<ServerLimits, "maxIdle" | "maxIdlePerNetwork">;

interface Waiting {
  readonly socket: Socket;
  readonly network: string;
  readonly sinceMs: number;
  readonly sinceTurn: number;
}

/** The connections that carry no stream: where they are too many, the oldest goes. */
export class IdleConnections {
  readonly #limits: IdleLimits;
  readonly #now: () => number;
  /** By their other end, oldest first. */
  readonly #waiting = new Map<string, Waiting>();
  readonly #byNetwork = new Map<string, Set<Waiting>>();
  #turn = 0;
  /** Turns that are yet to be counted; 0: none is. */
  #turnsLeft = 0;

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
    const { remoteAddress } = socket;
    if (remoteAddress === undefined) return; // it is gone already, and cannot be told from others that are
    const end = peerOf(socket);
    const waiting = {
      ...{ socket, network: networkOf(remoteAddress) },
      ...{ sinceMs: this.#now(), sinceTurn: this.#turn },
    };
    this.#countTurns();
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

  /** When thousands come at once, a turn takes longer than the grace, and requests that have come are yet to be read. */
  #countTurns(): void {
    const isCounting = this.#turnsLeft > 0;
    this.#turnsLeft = GRACE_TURNS;
    if (!isCounting) setImmediate(() => this.#nextTurn());
  }

  #nextTurn(): void {
    this.#turn += 1;
    this.#turnsLeft -= 1;
    if (this.#turnsLeft > 0) setImmediate(() => this.#nextTurn());
  }

  #drop(oldestFirst: Iterable<Waiting>): void {
    for (const { socket, sinceMs, sinceTurn } of oldestFirst) {
      const hadItsTurn = this.#turn - sinceTurn >= GRACE_TURNS;
      if (hadItsTurn && this.#now() - sinceMs > GRACE_MS) socket.destroy();
      return;
    }
  }
}

/** Its address and port: the same for a TLS socket and for the one below it. */
export function peerOf({ remoteAddress, remotePort }: Pick<Socket, "remoteAddress" | "remotePort">): string {
  return `${remoteAddress} ${remotePort}`;
}
