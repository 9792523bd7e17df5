import type { Socket } from "node:net";
import type { Sink } from "../live/sink.ts";
import { chunkOf, LAST_CHUNK } from "./chunk.ts";

/** A viewer that does not take the end of its stream within this time is cut off. */
const END_GRACE_MS = 10_000;

/** HTTP/1.1: each batch is one chunk, written straight to the socket after the response's head. */
export function chunkedSink(socket: Socket): Sink {
  return {
    write: (batch) => socket.write(chunkOf(batch)),
    end: () => endWith(socket, LAST_CHUNK),
    destroy: () => socket.destroy(),
  };
}

/** HTTP/1.0: the bare bytes, ended by closing the connection. */
export function bareSink(socket: Socket): Sink {
  return {
    write: (batch) => socket.write(batch.bytes),
    end: () => endWith(socket, Buffer.alloc(0)),
    destroy: () => socket.destroy(),
  };
}

function endWith(socket: Socket, lastBytes: Buffer): void {
  socket.write(lastBytes);
  socket.setTimeout(END_GRACE_MS, () => socket.destroy());
  socket.destroySoon();
}
