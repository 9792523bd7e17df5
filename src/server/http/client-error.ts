import { type ServerResponse, STATUS_CODES } from "node:http";
import type { Socket } from "node:net";

interface ParseError extends Error {
  readonly code?: string;
  /** What had come when the parser gave up. */
  readonly rawPacket?: Buffer;
}

/** Answers a connection whose request cannot be read, as far as it still can be, and closes it. */
export function answerClientError(error: ParseError, socket: Socket, begun: ServerResponse | null): void {
  const isOver = error.code === "ECONNRESET" || !socket.writable;
  if (isOver || (begun?.headersSent && !begun.writableFinished)) socket.destroy();
  else answerAndClose(socket, statusOf(error));
}

/** The response of a server that has no request to answer: RFC 9112 has it close then. */
export function answerAndClose(socket: Socket, status: number): void {
  const reason = STATUS_CODES[status] ?? "";
  const body = `${reason.toLowerCase()}\n`;
  socket.end(
    `HTTP/1.1 ${status} ${reason}\r\nContent-Type: text/plain\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`,
    () => socket.destroy(),
  );
}

function statusOf({ code, rawPacket }: ParseError): number {
  switch (code) {
    case "ERR_HTTP_REQUEST_TIMEOUT":
      return 408;
    case "HPE_HEADER_OVERFLOW":
      return isEndlessLine(rawPacket) ? 414 : 431;
    case "HPE_CHUNK_EXTENSIONS_OVERFLOW":
      return 413;
    default:
      return 400;
  }
}

/** Whether what was too long is the request's first line. */
function isEndlessLine(packet: Buffer | undefined): boolean {
  const text = packet?.toString("latin1", 0, 8192) ?? "";
  return /^[A-Z]+ /.test(text) && !text.includes("\n");
}
