import type { Socket } from "node:net";
import { connectionKey, readTcpQueues, type TcpQueues, type TcpTable, tcpTableOf } from "./tcp-queues.ts";

/** Who is too far behind is seen so soon. Looks are no closer than this: the kernel's table takes milliseconds to read. */
const LOOK_MS = 1000;

/** Who gets a stream over a connection. */
export interface Followed {
  /** Bytes that the system has taken over. */
  readonly handedOverBytes: number;
  /** Nothing that can be seen at a look needs one before so long. */
  readonly spareMs: number;
  /** Judges it by what its other end has acknowledged; `nowMs` is of a clock that does not step. */
  look(acknowledgedBytes: number, nowMs: number): void;
}

interface Watched {
  /** In the kernel's table; null for a connection that is gone. */
  readonly key: string | null;
  readonly table: TcpTable;
  /** When the look began. */
  handedOverBytes: number;
}

/**
 * Looks how far each of those who get a stream is behind, as often as it takes to see within a second who is too far, so not
 * before somebody can be: one look at the kernel's table serves all. A finished write means "copied to the kernel", which
 * takes some 15 seconds of a stream before a write waits: what the other end has acknowledged is what the kernel's queue for it
 * no longer holds. Where the system does not tell, what was
 * handed over counts as acknowledged.
 *
 * Over TLS the queue holds records, each 22 bytes longer than what is in it: up to 0.2 % for pictures.
 */
export class LagWatch {
  readonly #readQueues: typeof readTcpQueues;
  readonly #all = new Map<Followed, Watched>();
  /** Of the next look; null while there is nobody to look at, or a look goes on. */
  #timer: NodeJS.Timeout | null = null;
  /** When that is. */
  #lookMs = Number.POSITIVE_INFINITY;
  #isLooking = false;

  constructor(readQueues = readTcpQueues) {
    this.#readQueues = readQueues;
  }

  /** Until the returned function is called. */
  add(followed: Followed, socket: Socket): () => void {
    const key = connectionKey(socket);
    this.#all.set(followed, { key, table: tcpTableOf(socket), handedOverBytes: 0 });
    this.#lookIn(followed.spareMs); // nothing that it owes is older than it is
    return () => {
      this.#all.delete(followed);
      if (this.#all.size === 0) this.#cancel();
    };
  }

  /** Somebody may be too far behind after so long. */
  #lookIn(spareMs: number): void {
    const lookMs = performance.now() + spareMs + LOOK_MS;
    if (this.#isLooking || lookMs >= this.#lookMs) return;
    this.#cancel();
    this.#lookMs = lookMs;
    this.#timer = setTimeout(() => void this.#look(), spareMs + LOOK_MS).unref(); // it never rejects
  }

  #cancel(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#lookMs = Number.POSITIVE_INFINITY;
  }

  async #look(): Promise<void> {
    this.#cancel();
    this.#isLooking = true;
    // Before the queues are read: what is written meanwhile may be in them, and must not count as acknowledged.
    for (const [followed, watched] of this.#all) watched.handedOverBytes = followed.handedOverBytes;
    const queues = await this.#readQueues(new Set([...this.#all.values()].map(({ table }) => table)));
    this.#isLooking = false;
    const spareMs = this.#judge(queues);
    if (this.#all.size > 0) this.#lookIn(spareMs);
  }

  /** Has all judged; the least time in which there is something to see. */
  #judge(queues: TcpQueues): number {
    const nowMs = performance.now();
    let spareMs = Number.POSITIVE_INFINITY;
    for (const [followed, { key, handedOverBytes }] of this.#all) {
      const queuedBytes = key === null ? 0 : (queues.get(key) ?? 0);
      followed.look(handedOverBytes - queuedBytes, nowMs);
      spareMs = Math.min(spareMs, followed.spareMs);
    }
    return spareMs;
  }
}
