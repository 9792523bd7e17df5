import type { Socket } from "node:net";
import type { Hub } from "../../outputs/live/hub.ts";
import type { Viewer } from "../../outputs/live/viewer.ts";
import { connectionKey, readTcpQueues, type TcpQueues, type TcpTable, tcpTableOf } from "./tcp-queues.ts";

/** Who is too far behind is seen so soon. Looks are no closer than this: the kernel's table takes milliseconds to read. */
const LOOK_MS = 1000;

interface Watched {
  readonly hub: Hub;
  /** In the kernel's table; null for a connection that is gone. */
  readonly key: string | null;
  readonly table: TcpTable;
  /** Bytes that the system had taken over when the look began. */
  handedOverBytes: number;
}

/**
 * Looks how far each viewer of a server is behind, as often as it takes to see within a second who is too far, so not before
 * somebody can be: one look at the kernel's table serves the viewers of all hubs. A finished write means "copied to the kernel", which takes some 15 seconds of a stream before a write waits: what the
 * other end has acknowledged is what the kernel's queue for it no longer holds. Where the system does not tell, what was
 * handed over counts as acknowledged.
 *
 * Over TLS the queue holds records, each 22 bytes longer than what is in it: up to 0.2 % for pictures.
 */
export class LagWatch {
  readonly #readQueues: typeof readTcpQueues;
  readonly #viewers = new Map<Viewer, Watched>();
  /** Of the next look; null while there is nobody to look at, or a look goes on. */
  #timer: NodeJS.Timeout | null = null;
  /** When that is. */
  #lookMs = Number.POSITIVE_INFINITY;
  #isLooking = false;

  constructor(readQueues = readTcpQueues) {
    this.#readQueues = readQueues;
  }

  add(hub: Hub, viewer: Viewer, socket: Socket): void {
    const key = connectionKey(socket);
    this.#viewers.set(viewer, { hub, key, table: tcpTableOf(socket), handedOverBytes: 0 });
    this.#lookIn(hub.maxLagMs); // nothing that it owes is older than it is
  }

  delete(viewer: Viewer): void {
    this.#viewers.delete(viewer);
    if (this.#viewers.size === 0) this.#cancel();
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
    for (const [viewer, watched] of this.#viewers)
      watched.handedOverBytes = viewer.sentBytes - viewer.sink.backlogBytes;
    const queues = await this.#readQueues(new Set([...this.#viewers.values()].map(({ table }) => table)));
    this.#isLooking = false;
    const spareMs = this.#judge(queues);
    if (this.#viewers.size > 0) this.#lookIn(spareMs);
  }

  /** Has every viewer judged; the least time in which one may be too far behind, none for who waits for a key frame. */
  #judge(queues: TcpQueues): number {
    const nowMs = performance.now();
    let spareMs = Number.POSITIVE_INFINITY;
    for (const [viewer, { hub, key, handedOverBytes }] of this.#viewers) {
      const queuedBytes = key === null ? 0 : (queues.get(key) ?? 0);
      hub.look(viewer, handedOverBytes - queuedBytes, nowMs);
      spareMs = Math.min(spareMs, viewer.state === "live" ? Math.max(hub.maxLagMs - viewer.lagMs, 0) : 0);
    }
    return spareMs;
  }
}
