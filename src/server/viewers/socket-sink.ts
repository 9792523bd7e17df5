import type { Socket } from "node:net";
import { TLSSocket } from "node:tls";
import type { Batch, Sink, Transport } from "../../outputs/live/sink.ts";

/** A viewer that does not take the end of its stream within this time is cut off. */
export const END_GRACE_MS = 10_000;

/** A viewer with a connection of its own, plain or TLS. */
export class SocketSink implements Sink {
  readonly transport: Transport;
  readonly #socket: Socket;
  readonly #lastBytes: Uint8Array;

  /** `lastBytes`: what ends the stream in an orderly way. */
  constructor(socket: Socket, transport: Transport, lastBytes: Uint8Array) {
    this.transport = transport;
    this.#socket = socket;
    this.#lastBytes = lastBytes;
  }

  get backlogBytes(): number {
    return this.#socket.writableLength;
  }

  write(framed: Uint8Array): void {
    this.#socket.write(framed);
  }

  end(): void {
    this.#socket.write(this.#lastBytes);
    this.#socket.setTimeout(END_GRACE_MS, () => this.#socket.destroy());
    this.#socket.destroySoon();
  }

  /** With a reset: after a close, the kernel would keep what was written and offer it for minutes. */
  destroy(): void {
    if (this.#socket instanceof TLSSocket) this.#socket.destroy();
    else this.#socket.resetAndDestroy();
  }
}

/** The batch's bytes and nothing else; those of a single part as they are. */
export function bareBytes({ parts, byteLength }: Batch): Uint8Array {
  const [first] = parts;
  return first !== undefined && parts.length === 1 ? first : Buffer.concat(parts, byteLength);
}
