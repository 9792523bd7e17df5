import type { Socket } from "node:net";
import type { WebSocketServer } from "ws";
import type { WebSocketExchange } from "../http/exchange.ts";

/** A viewer has nothing to say but the frames of the protocol itself, of 125 bytes at most (RFC 6455, 5.5). */
const MAX_MESSAGE_BYTES = 4096;

let handshakes: WebSocketServer | null = null;

/**
 * Answers the handshake. The library goes on answering pings and the close; messages are written to the socket itself.
 * @returns the viewer's socket; null where the handshake was none, and has been refused
 */
export type AcceptWebSocket = (exchange: WebSocketExchange) => Socket | null;

/** The library is loaded for the first who asks for it: it would be a sixth of a start's work. */
export async function webSocketHandshake(): Promise<AcceptWebSocket> {
  const { WebSocketServer } = await import("ws");
  handshakes ??= new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false, // pictures do not shrink, and each viewer would cost a compressor
    maxPayload: MAX_MESSAGE_BYTES,
  });
  const server = handshakes;
  return (exchange) => accept(server, exchange);
}

function accept(server: WebSocketServer, { request, response, head }: WebSocketExchange): Socket | null {
  const { socket } = request;
  response.detachSocket(socket);
  socket.setTimeout(0);
  let isAccepted = false;
  server.handleUpgrade(request, socket, head, (webSocket) => {
    isAccepted = true;
    webSocket.on("error", () => undefined); // it has closed the socket, too
  });
  return isAccepted ? socket : null;
}
