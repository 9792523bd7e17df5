import {
  constants,
  createServer,
  type Http2Server,
  type Http2ServerRequest,
  type Http2ServerResponse,
} from "node:http2";
import { refusal } from "./answer.ts";
import type { Exchange } from "./exchange.ts";
import type { ServerLimits } from "./limits.ts";
import { checkHead, MAX_HEAD_BYTES } from "./request-rules.ts";
import { respond } from "./respond.ts";
import { guardSession } from "./session-guard.ts";

const MAX_STREAMS = 32;
const MAX_SESSION_MEGABYTES = 4;

/** Speaks HTTP/2 on connections that it is handed with `emit("connection")`. */
export function createHttp2(limits: ServerLimits, onExchange: (exchange: Exchange) => void): Http2Server {
  const server = createServer({
    maxSessionMemory: MAX_SESSION_MEGABYTES,
    maxSessionInvalidFrames: 100,
    maxSessionRejectedStreams: 100,
    maxSettings: 32,
    settings: { maxConcurrentStreams: MAX_STREAMS, maxHeaderListSize: 2 * MAX_HEAD_BYTES, enablePush: false },
  });
  const onRequest = (request: Http2ServerRequest, response: Http2ServerResponse) => {
    response.stream.setTimeout(limits.idleTimeoutMs, () => response.stream.close(constants.NGHTTP2_CANCEL));
    accept(request, response, onExchange);
  };
  server.on("request", onRequest);
  server.on("checkContinue", onRequest); // nothing here waits for a body
  server.on("session", (session) => guardSession(session, limits));
  return server;
}

function accept(
  request: Http2ServerRequest,
  response: Http2ServerResponse,
  onExchange: (exchange: Exchange) => void,
): void {
  const { method, url, rawHeaders } = request;
  const verdict = checkHead({ method, target: url, version: "2.0", rawHeaders });
  const asked = { kind: "http/2", target: { path: "", query: "" }, host: "", request, response } as const;
  if (verdict.kind === "refused") void respond(asked, refusal(verdict.status, verdict.why));
  else onExchange({ ...asked, target: verdict.target, host: verdict.host });
}
