import type { ServerResponse } from "node:http";
import { Socket } from "node:net";
import { expect, it } from "vitest";
import { answerClientError } from "../../../src/server/http/client-error.ts";

/** A connection that writes down what is sent on it. */
class FakeSocket extends Socket {
  sent = "";
  override readonly writable: boolean;

  constructor(writable = true) {
    super();
    this.writable = writable;
  }

  override end(text?: unknown, onSent?: unknown): this {
    this.sent += String(text);
    if (typeof onSent === "function") onSent();
    return this;
  }
}

type Begun = Pick<ServerResponse, "headersSent" | "writableFinished">;

function answered(
  error: { readonly code?: string; readonly rawPacket?: Buffer },
  begun: Begun | null = null,
  socket = new FakeSocket(),
) {
  answerClientError(Object.assign(new Error("bad"), error), socket, begun as ServerResponse | null); // all that is looked at
  return { sent: socket.sent, isOver: socket.destroyed };
}

it.each([
  ["HPE_INVALID_METHOD", "GET", 400, "Bad Request"],
  ["ERR_HTTP_REQUEST_TIMEOUT", "GET / HTTP/1.1", 408, "Request Timeout"],
  ["HPE_CHUNK_EXTENSIONS_OVERFLOW", "1;a", 413, "Payload Too Large"],
  ["HPE_HEADER_OVERFLOW", `GET /${"a".repeat(9000)}`, 414, "URI Too Long"],
  ["HPE_HEADER_OVERFLOW", `GET / HTTP/1.1\r\n${"a".repeat(9000)}`, 431, "Request Header Fields Too Large"],
  ["HPE_HEADER_OVERFLOW", `GET /${"a".repeat(8180)} HTTP/1.1\r\n`, 414, "URI Too Long"],
  ["HPE_HEADER_OVERFLOW", `x: ${"a".repeat(9000)}`, 431, "Request Header Fields Too Large"],
  ["HPE_HEADER_OVERFLOW", ` GET /${"a".repeat(9000)}`, 431, "Request Header Fields Too Large"],
])("%s behind %s is answered with %i, and the connection closed", (code, packet, status, reason) => {
  const body = `${reason.toLowerCase()}\n`;
  expect(answered({ code, rawPacket: Buffer.from(packet) })).toEqual({
    isOver: true,
    sent: `HTTP/1.1 ${status} ${reason}\r\nContent-Type: text/plain\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`,
  });
});

it("without the bytes that were too many, it was the header", () => {
  expect(answered({ code: "HPE_HEADER_OVERFLOW" }).sent).toMatch(/^HTTP\/1\.1 431 /);
});

it("nothing is said where nobody could read it", () => {
  expect(answered({ code: "ECONNRESET" })).toEqual({ sent: "", isOver: true });
  expect(answered({}, null, new FakeSocket(false))).toEqual({ sent: "", isOver: true });
});

it.each<[begun: Begun, isAnswered: boolean]>([
  [{ headersSent: false, writableFinished: false }, true],
  [{ headersSent: true, writableFinished: false }, false],
  [{ headersSent: true, writableFinished: true }, true],
])("nothing is said in the middle of a response: %j", (begun, isAnswered) => {
  const { sent, isOver } = answered({ code: "HPE_INVALID_METHOD" }, begun);
  expect([sent.startsWith("HTTP/1.1 400 "), isOver]).toEqual([isAnswered, true]);
});
