import { createServer, type IncomingMessage, type Server, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { discardInput, isTakenOver } from "../viewers/flv-response.ts";
import { refusal } from "./answer.ts";
import { answerAndClose, answerClientError } from "./client-error.ts";
import type { Exchange } from "./exchange.ts";
import type { ServerLimits } from "./limits.ts";
import { checkHead, MAX_HEAD_BYTES } from "./request-rules.ts";
import { respond } from "./respond.ts";

/** Who answers what is asked. */
export interface Answerer {
  readonly answer: (exchange: Exchange) => Promise<void>;
  /** A bug: this request could not be answered. `request` is its method and path. */
  readonly onError: (error: unknown, request: string) => void;
}

/**
 * Reads HTTP/1 from connections that it is handed with `emit("connection")`, plain or TLS. It does not listen itself:
 * the timers that cut slow headers begin with its `listening` event, which is told it by hand.
 */
export function createHttp1(limits: ServerLimits, answerer: Answerer): Server {
  const server = createServer({
    maxHeaderSize: MAX_HEAD_BYTES,
    headersTimeout: limits.headTimeoutMs,
    requestTimeout: 1.5 * limits.headTimeoutMs,
    connectionsCheckingInterval: limits.headTimeoutMs / 10,
    insecureHTTPParser: false,
    requireHostHeader: false, // the rules require it, and say so
  });
  server.maxHeadersCount = 0; // node would leave out those above it, a second Host perhaps: the rules count them
  server.timeout = limits.idleTimeoutMs;
  const latest = new WeakMap<Socket, ServerResponse>();
  const onRequest = (request: IncomingMessage, response: ServerResponse) => {
    if (isTakenOver(request.socket)) return;
    latest.set(request.socket, response);
    refuseMoreBody(request, response);
    void accept(request, response, null, answerer);
  };
  server.on("request", onRequest);
  server.on("checkContinue", onRequest); // nothing here waits for a body
  server.on(
    "upgrade",
    (request: IncomingMessage, socket: Socket, head: Buffer) =>
      void accept(request, responseAfterUpgrade(request, socket), head, answerer),
  );
  server.on("connect", (_request, socket: Socket) => answerAndClose(socket, 405));
  server.on("clientError", (error, socket: Socket) =>
    answerClientError(error, socket, latest.get(socket) ?? null),
  );
  server.emit("listening");
  return server;
}

/** Whatever goes wrong with one request is the end of that request, and of nothing else. */
async function accept(
  request: IncomingMessage,
  response: ServerResponse,
  head: Buffer | null,
  { answer, onError }: Answerer,
): Promise<void> {
  const { method = "", url = "", rawHeaders, httpVersion } = request;
  try {
    const verdict = checkHead({ method, target: url, version: httpVersion, rawHeaders });
    if (verdict.kind === "refused") {
      response.shouldKeepAlive = false;
      await respond({ request, response }, refusal(verdict.status, verdict.why));
    } else if (head !== null && asksForWebSocket(request))
      await answer({ kind: "websocket", target: verdict.target, request, response, head });
    else await answer({ kind: "http", target: verdict.target, request, response });
  } catch (error) {
    onError(error, `${method} ${url.replace(/\?.*/s, "")}`); // a query may hold the token
    const isWebSocket = head !== null && response.socket === null;
    if (response.headersSent || isWebSocket) request.socket.destroy();
    else await apologize(request, response);
  }
}

async function apologize(request: IncomingMessage, response: ServerResponse): Promise<void> {
  for (const name of response.getHeaderNames()) response.removeHeader(name); // of the answer that could not be given
  await respond({ request, response }, refusal(500, "internal error: this is a bug in flvcast"));
}

function asksForWebSocket({ method, headers }: IncomingMessage): boolean {
  return method === "GET" && headers.upgrade?.toLowerCase() === "websocket";
}

/** No request here has a use for a body: what comes of one is thrown away, and the connection ends with the response. */
function refuseMoreBody(request: IncomingMessage, response: ServerResponse): void {
  const { headers, socket } = request;
  if (headers["transfer-encoding"] === undefined && (headers["content-length"] ?? "0") === "0") return;
  response.shouldKeepAlive = false;
  discardInput(request, () => socket.destroy());
}

/**
 * node lets go of a connection that asks for an upgrade, of any kind (curl asks for h2c): it gets an ordinary response
 * all the same, and its end.
 */
function responseAfterUpgrade(request: IncomingMessage, socket: Socket): ServerResponse {
  socket.on("error", () => socket.destroy());
  const response = new ServerResponse(request);
  response.shouldKeepAlive = false;
  response.assignSocket(socket);
  response.once("finish", () => socket.destroySoon());
  return response;
}
