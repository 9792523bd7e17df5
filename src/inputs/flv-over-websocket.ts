import { WebSocket } from "ws";
import type { Source } from "../devices/source.ts";
import { UserError } from "../errors.ts";
import { FlvBytes } from "./flv-bytes.ts";
import { connectionFailure, statusFailure } from "./http-failure.ts";
import { messageSource, type OpeningOptions, openConnection } from "./message-source.ts";

const MAX_REDIRECTS = 5;
/** A whole GOP may be one message. */
const MAX_MESSAGE_BYTES = 64 * 1024 * 1024;

/**
 * The live stream of another server over a WebSocket. Certificates are checked; the user and password of the URL go to its
 * own host alone.
 * @throws UserError where the server refuses or is not reached, and for what is no FLV or cannot be carried
 */
export async function openWebSocketFlv(url: string, options: OpeningOptions): Promise<Source> {
  const { label, timeoutMs } = options;
  const opened = await openConnection((receiver) => {
    const bytes = new FlvBytes(label, receiver);
    const socket = new WebSocket(withoutFragment(url), {
      ...{ followRedirects: true, maxRedirects: MAX_REDIRECTS, handshakeTimeout: timeoutMs },
      ...{ perMessageDeflate: false, maxPayload: MAX_MESSAGE_BYTES },
    });
    socket.on("message", (data: Buffer, isBinary) => {
      if (isBinary) bytes.push(data);
    });
    socket.on("unexpected-response", (_, { statusCode = 0 }) => {
      bytes.end(statusFailure(label, statusCode) ?? notWebSocket(label));
      socket.terminate();
    });
    socket.on("error", (error) => bytes.end(connectionFailure(label, error)));
    socket.once("close", () => bytes.end(null));
    return () => socket.terminate();
  }, options);
  return messageSource({ label, url }, opened);
}

const withoutFragment = (url: string) => url.replace(/#.*/, "");

function notWebSocket(label: string): UserError {
  return new UserError("brokenInput", `${label}: the server does not speak WebSocket there; check the URL`);
}
