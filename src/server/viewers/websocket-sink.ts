import type { Socket } from "node:net";
import type { Batch, Sink, Transport } from "../../outputs/live/sink.ts";
import { SocketSink } from "./socket-sink.ts";

/** WebSocket: each batch is one binary message, the FLV header the first. */
const messages: Transport = { name: "websocket", frame: messageOf };

/** A WebSocket's own socket, after the handshake: messages are framed here, once for all viewers. */
export function webSocketSink(socket: Socket): Sink {
  return new SocketSink(socket, messages, NORMAL_CLOSURE);
}

/** A whole message (RFC 6455, 5.2): FIN, and the opcode. */
const FIN_BINARY = 0x82;
const FIN_CLOSE = 0x88;
/** In place of a length below 126: it follows in 16 or 64 bits. */
const LENGTH_16 = 126;
const LENGTH_64 = 127;

/** A close frame with status 1000, normal closure (RFC 6455, 5.5.1 and 7.4.1). */
export const NORMAL_CLOSURE = Buffer.from([FIN_CLOSE, 2, 1000 >> 8, 1000 & 0xff]);

/** The batch as one binary message in one frame, unmasked as a server's frames are (RFC 6455, 5.1 and 5.2). */
export function messageOf({ parts, byteLength }: Batch): Buffer {
  const head = frameHead(byteLength);
  return Buffer.concat([head, ...parts], head.length + byteLength);
}

function frameHead(payloadBytes: number): Buffer {
  if (payloadBytes < LENGTH_16) return Buffer.from([FIN_BINARY, payloadBytes]);
  if (payloadBytes <= 0xffff) {
    const head = Buffer.from([FIN_BINARY, LENGTH_16, 0, 0]);
    head.writeUInt16BE(payloadBytes, 2);
    return head;
  }
  const head = Buffer.from([FIN_BINARY, LENGTH_64, 0, 0, 0, 0, 0, 0, 0, 0]);
  head.writeBigUInt64BE(BigInt(payloadBytes), 2);
  return head;
}
