import type { Socket } from "node:net";
import type { Sink, Transport } from "../../outputs/live/sink.ts";
import { bareBytes } from "./bare.ts";
import { chunkOf, LAST_CHUNK } from "./chunk.ts";
import { SocketSink } from "./socket-sink.ts";

/** HTTP/1.1: each batch is one chunk, written straight to the socket after the response's head. */
const chunked: Transport = { name: "http/1.1", frame: chunkOf };
/** HTTP/1.0: the bare bytes, ended by closing the connection. */
const bare: Transport = { name: "http/1.0", frame: bareBytes };

/** The body of a response whose head has been written. */
export function http1Sink(socket: Socket, version: "1.0" | "1.1"): Sink {
  return version === "1.1"
    ? new SocketSink(socket, chunked, LAST_CHUNK)
    : new SocketSink(socket, bare, Buffer.alloc(0));
}
