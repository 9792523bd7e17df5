import type { Socket } from "node:net";
import type { Readable } from "node:stream";

/** A client has nothing more to say once its stream runs; what it sends all the same is thrown away up to here. */
const MAX_DISCARDED_BYTES = 65_536;

const taken = new WeakSet<Socket>();

/** Whether the connection carries a stream already: requests that came pipelined behind it are not answered. */
export function isTakenOver(socket: Socket): boolean {
  return taken.has(socket);
}

/** From here the socket is ours: node's parser sees nothing more, so that no second response can be woven in. */
export function takeOver(socket: Socket): void {
  taken.add(socket);
  socket.removeAllListeners("data");
  socket.setTimeout(0);
  socket.setNoDelay(true);
  socket.once("end", () => socket.destroySoon());
  discardInput(socket, () => socket.destroy());
}

/** Throws away what comes in, and calls `onTooMuch` where a client does not stop. */
export function discardInput(input: Readable, onTooMuch: () => void): void {
  let discardedBytes = 0;
  input.on("data", (chunk: Buffer) => {
    discardedBytes += chunk.length;
    if (discardedBytes > MAX_DISCARDED_BYTES) onTooMuch();
  });
}
