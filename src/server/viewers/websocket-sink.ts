import type { Socket } from "node:net";
import type { Sink, Transport } from "../../outputs/live/sink.ts";
import { SocketSink } from "./socket-sink.ts";
import { messageOf, NORMAL_CLOSURE } from "./websocket-frame.ts";

/** WebSocket: each batch is one binary message, the FLV header the first. */
const messages: Transport = { name: "websocket", frame: messageOf };

/** A WebSocket's own socket, after the handshake: messages are framed here, once for all viewers. */
export function webSocketSink(socket: Socket): Sink {
  return new SocketSink(socket, messages, NORMAL_CLOSURE);
}
