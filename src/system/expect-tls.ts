import type { Socket } from "node:net";

/** Two answers of a server, each of which may be lost once. */
const PATIENCE_MS = 5000;

/**
 * Fails a connection to a server that says nothing to the beginning of TLS: as one of RTMP does not, which takes that for a part
 * of its own handshake and waits for the rest.
 */
export function expectTls(socket: Socket): Socket {
  let timer: NodeJS.Timeout | undefined;
  socket.once("connect", () => {
    timer = setTimeout(() => socket.destroy(new Error(NO_ANSWER)), PATIENCE_MS);
  });
  for (const event of ["secureConnect", "close"]) socket.once(event, () => clearTimeout(timer));
  return socket;
}

const NO_ANSWER = `no answer to TLS within ${PATIENCE_MS / 1000} s: the server may not use it on this port`;
