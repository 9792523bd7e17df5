import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { Channel } from "../live/channel.ts";
import { bareSink, chunkedSink } from "./flv-sink.ts";
import { refuse } from "./refuse.ts";

/** A client has nothing more to say once its stream runs; what it sends all the same is thrown away up to here. */
const MAX_DISCARDED_BYTES = 65_536;

const RETRY_AFTER_S = "1";

/**
 * Answers with the channel as HTTP-FLV: no Content-Length, the body goes on until the viewer leaves or the channel
 * ends. A `Range` is ignored, as a live stream has no ranges (RFC 9110, 14.2), and the connection takes no further
 * request.
 */
export function serveFlv(channel: Channel, request: IncomingMessage, response: ServerResponse): void {
  if (response.socket === null)
    return refuse(response, 400, "a stream cannot be asked for behind another request");
  if (channel.admission !== "open") return refuseFor(channel, response);
  const isChunked = request.httpVersionMinor >= 1;
  response.shouldKeepAlive = false;
  response.useChunkedEncodingByDefault = false; // chunks are framed here, once for all viewers, not by node
  response.writeHead(200, {
    "Content-Type": "video/x-flv",
    ...(isChunked ? { "Transfer-Encoding": "chunked" } : {}),
    "Accept-Ranges": "none",
    "Cache-Control": "no-store",
    "X-Accel-Buffering": "no",
    Connection: "close",
  });
  if (request.method === "HEAD") {
    response.end();
    return;
  }
  response.flushHeaders();
  const { socket } = request;
  takeOver(socket);
  socket.setNoDelay(true);
  const viewer = channel.join(isChunked ? chunkedSink(socket) : bareSink(socket));
  socket.on("drain", () => viewer.drained());
  socket.once("close", () => channel.leave(viewer));
}

function refuseFor(channel: Channel, response: ServerResponse): void {
  const why = channel.admission === "full" ? "has as many viewers as it may" : "is starting";
  refuseForNow(response, `${channel.name} ${why}`);
}

/** Not now, and why. */
export function refuseForNow(response: ServerResponse, why: string): void {
  response.setHeader("Retry-After", RETRY_AFTER_S);
  refuse(response, 503, `${why}: try again in a second`);
}

const streaming = new WeakSet<Socket>();

/** Whether the connection carries a stream already: requests that came pipelined behind it are not answered. */
export function isStreaming(socket: Socket): boolean {
  return streaming.has(socket);
}

/** From here the socket is ours: node's parser sees nothing more, so that no second response can be woven in. */
function takeOver(socket: Socket): void {
  streaming.add(socket);
  let discardedBytes = 0;
  socket.removeAllListeners("data");
  socket.on("data", (chunk) => {
    discardedBytes += chunk.length;
    if (discardedBytes > MAX_DISCARDED_BYTES) socket.destroy();
  });
}
