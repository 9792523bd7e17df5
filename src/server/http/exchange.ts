import type { IncomingMessage, ServerResponse } from "node:http";
import type { TLSSocket } from "node:tls";
import type { AuthRequest } from "../../auth/request.ts";
import type { Target } from "./target.ts";

/** One request and the response that is to come, by what carries them; the request has passed `checkHead`. */
export type Exchange = HttpExchange | WebSocketExchange;

interface Asked {
  readonly target: Target;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

export interface HttpExchange extends Asked {
  readonly kind: "http";
}

/** HTTP/1.1 that asks for a WebSocket, and gets an ordinary response where it gets none. */
export interface WebSocketExchange extends Asked {
  readonly kind: "websocket";
  /** What came behind the request already. */
  readonly head: Buffer;
}

export function authRequestOf({ kind, request, target }: Exchange): AuthRequest {
  const { socket } = request;
  return {
    method: request.method ?? "",
    query: target.query,
    headers: request.headers,
    peerAddress: socket.remoteAddress ?? "",
    isTls: (socket as Partial<TLSSocket>).encrypted === true, // only a TLS socket has it
    isWebSocket: kind === "websocket",
  };
}
