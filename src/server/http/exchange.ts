import type { IncomingMessage, ServerResponse } from "node:http";
import type { Http2ServerRequest, Http2ServerResponse } from "node:http2";
import type { TLSSocket } from "node:tls";
import type { AuthRequest } from "../../auth/request.ts";
import type { Target } from "./target.ts";

/** One request and the response that is to come, by what carries them; the request has passed `checkHead`. */
export type Exchange = Http1Exchange | Http2Exchange | WebSocketExchange;

interface Asked {
  readonly target: Target;
  /** What the request names as its server; empty where HTTP/1.0 leaves it out. */
  readonly host: string;
}

export interface Http1Exchange extends Asked {
  readonly kind: "http/1";
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

export interface Http2Exchange extends Asked {
  readonly kind: "http/2";
  readonly request: Http2ServerRequest;
  readonly response: Http2ServerResponse;
}

/** HTTP/1.1 that asks for a WebSocket, and gets an ordinary response where it gets none. */
export interface WebSocketExchange extends Asked {
  readonly kind: "websocket";
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** What came behind the request already. */
  readonly head: Buffer;
}

/** What it shows at the door. */
export function authRequestOf({ kind, request, target, host }: Exchange): AuthRequest {
  const { socket } = request;
  return {
    method: request.method ?? "",
    query: target.query,
    headers: host === "" ? request.headers : { ...request.headers, host },
    peerAddress: socket.remoteAddress ?? "",
    isTls: (socket as Partial<TLSSocket>).encrypted === true, // only a TLS socket has it
    isWebSocket: kind === "websocket",
  };
}
