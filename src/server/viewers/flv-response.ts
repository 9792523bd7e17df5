import type { Socket } from "node:net";
import type { Readable } from "node:stream";
import type { Hub } from "../../outputs/live/hub.ts";
import type { Sink } from "../../outputs/live/sink.ts";
import { startViewing } from "../../outputs/live/viewing.ts";
import type { LagWatch } from "../../system/lag-watch.ts";
import {
  type Answer,
  type Answered,
  emptyAnswer,
  type Headers,
  refusal,
  refusalForNow,
  streamed,
} from "../http/answer.ts";
import type { Exchange, HttpExchange, WebSocketExchange } from "../http/exchange.ts";
import type { AddressLimit } from "./address-limit.ts";
import { http1Sink } from "./http1-sink.ts";
import { type WaitingRoom, waitForKey, waitForKeyUnparsed } from "./key-wait.ts";
import { webSocketHandshake } from "./websocket-handshake.ts";
import { webSocketSink } from "./websocket-sink.ts";

/** Somebody who was let in asks for a stream. */
export interface StreamRequest {
  readonly hub: Hub;
  readonly exchange: Exchange;
  /** Of the client, as the gate has it. */
  readonly address: string;
  readonly headers: Headers;
  readonly addressLimit: AddressLimit;
  readonly lagWatch: LagWatch;
  /** The connection carries a stream from now on. */
  readonly onViewer: (exchange: Exchange) => void;
}

/** A live stream has no length and no ranges (RFC 9110, 14.2), and no cache or proxy may keep or hold it back. */
const streamHeaders: Headers = {
  "Content-Type": "video/x-flv",
  "Accept-Ranges": "none",
  "Cache-Control": "no-store",
  "X-Accel-Buffering": "no",
};

/**
 * Answers with the hub as HTTP-FLV: the body goes on until the viewer leaves or the hub ends. A `Range` is
 * ignored, and the connection takes no further request. Where there is no key frame to begin with, it waits for one before
 * it says anything, but for HEAD.
 */
export function serveFlv(asked: StreamRequest): Answered {
  const { exchange } = asked;
  const isHead = exchange.request.method === "HEAD";
  if (asked.hub.admission === "no-key-frame" && !isHead) return serveAfterWait(asked);
  if (exchange.kind === "websocket") return serveWebSocket(asked, exchange);
  const refused = refusalOf(asked);
  if (refused !== null) return refused;
  return isHead ? emptyAnswer(200, headersFor(asked)) : serveHttp(asked, exchange);
}

async function serveAfterWait(asked: StreamRequest): Promise<Answer> {
  const { hub, exchange } = asked;
  const over = await heldBack({ ...asked, name: hub.name }, hub);
  if (over !== null) return over;
  if (exchange.kind === "websocket") return await serveWebSocket(asked, exchange);
  return refusalOf(asked) ?? serveHttp(asked, exchange);
}

/** One who asks for a stream, whose hub may be yet to come. */
export type Asked = Omit<StreamRequest, "hub"> & { readonly name: string };

/**
 * Says nothing until there is a key frame. Who waits counts as a viewer, and its connection carries nothing else afterwards.
 * @returns the answer to one who cannot wait, or has left; null where it is to be served
 */
export async function heldBack(asked: Asked, room: WaitingRoom): Promise<Answer | null> {
  const { exchange, address, addressLimit, onViewer } = asked;
  const { request, response } = exchange;
  if (isPipelined(exchange)) return pipelined(asked);
  if (!addressLimit.hasRoom(address)) return crowded(asked);
  onViewer(exchange);
  addressLimit.take(address);
  response.shouldKeepAlive = false;
  await (exchange.kind === "http" ? waitForKey : waitForKeyUnparsed)(room, request.socket);
  addressLimit.leave(address);
  return request.socket.destroyed ? streamed : null; // nobody is there any more
}

function refusalOf(asked: StreamRequest): Answer | null {
  const { hub, address, headers, addressLimit } = asked;
  const { name, admission } = hub;
  switch (admission) {
    case "not-ready":
      return refusalForNow(503, `"${name}" is starting`, headers);
    case "ended":
      return refusalForNow(503, `"${name}" has ended`, headers);
    case "full":
      return viewerLimitReached({ name, headers });
    case "no-key-frame": {
      const seconds = Math.round(hub.sinceKeyMs / 1000);
      const why = `"${name}" has sent no key frame for ${seconds} s, and players can only start at one`;
      return refusalForNow(503, why, headers);
    }
    case "open":
      return addressLimit.hasRoom(address) ? null : crowded({ name, headers });
  }
}

export function viewerLimitReached({ name, headers }: Pick<Asked, "name" | "headers">): Answer {
  return refusalForNow(503, `"${name}" has reached its viewer limit`, headers);
}

function crowded({ name, headers }: Pick<Asked, "name" | "headers">): Answer {
  return refusalForNow(429, `"${name}" has reached its viewer limit for your address`, headers);
}

function pipelined({ headers }: Pick<Asked, "headers">): Answer {
  return refusal(400, "a stream cannot be requested behind another request on the same connection", headers);
}

/** The response to a request before it on the same connection is not over. */
function isPipelined({ response }: Exchange): boolean {
  return response.socket === null;
}

export function headersFor({ exchange, headers }: Pick<Asked, "exchange" | "headers">): Headers {
  const chunked = isChunked(exchange) ? { "Transfer-Encoding": "chunked" } : {};
  return { ...streamHeaders, ...headers, ...chunked, Connection: "close" };
}

function isChunked({ request }: Exchange): boolean {
  return request.httpVersionMinor >= 1;
}

function serveHttp(asked: StreamRequest, exchange: HttpExchange): Answer {
  const { request, response } = exchange;
  if (isPipelined(exchange)) return pipelined(asked);
  response.shouldKeepAlive = false;
  response.useChunkedEncodingByDefault = false; // chunks are framed by the sink, once for all viewers, not by node
  response.writeHead(200, headersFor(asked));
  response.flushHeaders();
  takeOver(request.socket);
  return view(asked, http1Sink(request.socket, isChunked(exchange) ? "1.1" : "1.0"), request.socket);
}

/** The handshake of one that cannot be had has been answered by itself. */
async function serveWebSocket(asked: StreamRequest, exchange: WebSocketExchange): Promise<Answer> {
  const accept = await webSocketHandshake();
  const full = refusalOf(asked);
  if (full !== null) return full;
  const socket = accept(exchange);
  if (socket === null) return streamed;
  discardInput(socket, () => socket.destroy());
  return view(asked, webSocketSink(socket), socket);
}

function view(asked: StreamRequest, sink: Sink, connection: Socket): Answer {
  const { hub, exchange, address, addressLimit, lagWatch, onViewer } = asked;
  onViewer(exchange);
  const who = { id: addressLimit.take(address), address, sinceMs: Date.now() };
  connection.once("close", () => addressLimit.leave(address));
  startViewing(lagWatch, hub, sink, connection, who);
  return streamed;
}

/**
 * A client has next to nothing to say once its stream runs: WebSockets ping, which is 131 bytes at most. What it sends is
 * thrown away as long as it is no more than this at once, and no more than so much a second in the long run.
 */
const MAX_DISCARDED_BYTES = 65_536;
const DISCARDED_BYTES_PER_SECOND = 1024;

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

/** Throws away what comes in, and calls `onTooMuch` where it comes faster than anybody needs. */
export function discardInput(input: Readable, onTooMuch: () => void): void {
  let heldAgainstBytes = 0;
  let lastMs = performance.now();
  input.on("data", (chunk: Buffer) => {
    const nowMs = performance.now();
    const forgivenBytes = ((nowMs - lastMs) / 1000) * DISCARDED_BYTES_PER_SECOND;
    heldAgainstBytes = Math.max(0, heldAgainstBytes - forgivenBytes) + chunk.length;
    lastMs = nowMs;
    if (heldAgainstBytes > MAX_DISCARDED_BYTES) onTooMuch();
  });
}
