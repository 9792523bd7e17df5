import type { Socket } from "node:net";
import type { Batch, Sink, Transport } from "../../outputs/live/sink.ts";
import { bareBytes, SocketSink } from "./socket-sink.ts";

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

/** The last chunk of a chunked body, with no trailers (RFC 9112, 7.1). */
const LAST_CHUNK = Buffer.from("0\r\n\r\n", "latin1");

const CRLF = Buffer.from("\r\n", "latin1");

/** The batch as one chunk of a chunked body (RFC 9112, 7.1). */
function chunkOf(batch: Batch): Buffer {
  const size = Buffer.from(`${batch.byteLength.toString(16)}\r\n`, "latin1");
  return Buffer.concat([size, ...batch.parts, CRLF], size.length + batch.byteLength + CRLF.length);
}
