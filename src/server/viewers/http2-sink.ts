import { constants, type ServerHttp2Stream } from "node:http2";
import type { Sink, Transport } from "../../outputs/live/sink.ts";
import { bareBytes, END_GRACE_MS } from "./socket-sink.ts";

/** HTTP/2 frames for itself: DATA frames as its flow control allows. */
const data: Transport = { name: "http/2", frame: bareBytes };

/** The body of a response whose head has been sent. */
export function http2Sink(stream: ServerHttp2Stream): Sink {
  return {
    transport: data,
    get backlogBytes() {
      return stream.writableLength;
    },
    write: (framed) => {
      stream.write(framed);
    },
    end: () => {
      stream.setTimeout(END_GRACE_MS, () => stream.close(constants.NGHTTP2_CANCEL));
      stream.end();
    },
    destroy: () => stream.close(constants.NGHTTP2_CANCEL),
  };
}
