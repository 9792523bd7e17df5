import { once } from "node:events";
import { type ClientHttp2Session, connect, constants } from "node:http2";
import { connect as connectTls } from "node:tls";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { send } from "../../outputs/live/fakes.ts";
import { Served } from "../served.ts";

let served: Served;
let session: ClientHttp2Session;

beforeEach(async () => {
  served = await Served.start(true, { limits: { headTimeoutMs: 300, idleTimeoutMs: 400 } });
  session = open();
});

afterEach(async () => {
  session.destroy();
  await served.stop();
});

function open(): ClientHttp2Session {
  const opened = connect(`https://127.0.0.1:${served.port}`, { rejectUnauthorized: false });
  return opened.on("error", () => undefined);
}

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: string;
}

async function ask(headers: Readonly<Record<string, string>>, body?: Buffer): Promise<Answer> {
  const stream = session.request(headers, { endStream: body === undefined });
  stream.on("error", () => undefined);
  if (body !== undefined) stream.end(body);
  let text = "";
  stream.setEncoding("latin1").on("data", (part: string) => (text += part));
  const [answer] = await once(stream, "response");
  if (!stream.closed) await once(stream, "close");
  return { status: answer[":status"], headers: answer, body: text };
}

describe("a stream over HTTP/2", () => {
  it("is the bare bytes, from the header to the hub's end", async () => {
    const asked = ask({ ":path": "/live/cam.flv" });
    await expect.poll(() => served.hub.viewerCount).toBe(1);
    send(served.hub, "delta@40");
    served.hub.end();
    const { status, headers, body } = await asked;
    expect(status).toBe(200);
    expect(headers).toMatchObject({
      "content-type": "video/x-flv",
      "accept-ranges": "none",
      "cache-control": "no-store",
    });
    expect(headers).not.toHaveProperty("transfer-encoding");
    expect(body.startsWith("FLV\x01\x05\0\0\0\x09\0\0\0\0")).toBe(true);
    expect(served.hub.viewerCount).toBe(0);
  });

  it("is one among others on its connection, and outlasts the time for idle ones", async () => {
    const first = session.request({ ":path": "/live/cam.flv" });
    const second = session.request({ ":path": "/flv?app=live&stream=cam" });
    for (const stream of [first, second]) stream.resume();
    await expect.poll(() => served.hub.viewerCount).toBe(2);
    second.close(constants.NGHTTP2_CANCEL);
    await expect.poll(() => served.hub.viewerCount).toBe(1);
    await new Promise((resolve) => setTimeout(resolve, 1000)); // three times what an idle one has
    expect(served.hub.viewerCount).toBe(1);
    expect(first.closed).toBe(false);
  });

  it("gives a viewer up whose connection is gone", async () => {
    session
      .request({ ":path": "/live/cam.flv" })
      .on("error", () => undefined)
      .resume();
    await expect.poll(() => served.hub.viewerCount).toBe(1);
    session.destroy();
    await expect.poll(() => served.hub.viewerCount).toBe(0);
  });
});

describe("a request over HTTP/2", () => {
  it.each<[what: string, headers: Record<string, string>, status: number]>([
    ["an unknown name", { ":path": "/live/other.flv" }, 404],
    ["..", { ":path": "/live/%2e%2e/x" }, 400],
    ["NUL", { ":path": "/live/cam%00.flv" }, 400],
    ["two hosts", { ":path": "/live/cam.flv", ":authority": "a", host: "b" }, 400],
    ["9 KB of path", { ":path": `/${"a".repeat(9000)}` }, 414],
    ["17 KB of header", { ":path": "/live/cam.flv", x: "a".repeat(17_000) }, 431],
    ["another method", { ":path": "/live/cam.flv", ":method": "DELETE" }, 405],
    ["an unknown method", { ":path": "/live/cam.flv", ":method": "FOO" }, 501],
    ["OPTIONS", { ":path": "/live/cam.flv", ":method": "OPTIONS" }, 204],
    ["HEAD", { ":path": "/live/cam.flv", ":method": "HEAD" }, 200],
    ["a stream twice", { ":path": "/flv?app=live&stream=a&stream=b" }, 400],
    ["an expectation", { ":path": "/live/other.flv", expect: "100-continue" }, 404],
    ["a range", { ":path": "/live/other.flv", range: "bytes=0-" }, 404],
  ])("is answered: %s", async (_what, headers, status) => {
    expect((await ask(headers)).status).toBe(status);
  });

  it("may bring a body, which nobody reads", async () => {
    expect((await ask({ ":path": "/x", ":method": "POST" }, Buffer.alloc(300_000))).status).toBe(404);
  });
});

describe("a session of HTTP/2", () => {
  it("is closed when it asks for nothing", async () => {
    await once(session, "connect");
    await expect.poll(() => session.closed).toBe(true);
  });

  it("is closed when it asks for nothing more", async () => {
    await ask({ ":path": "/nothing" });
    await expect.poll(() => session.closed).toBe(true);
  });

  it("is cut that opens and resets streams in their hundreds", async () => {
    const socket = connectTls({
      port: served.port,
      host: "127.0.0.1",
      rejectUnauthorized: false,
      ALPNProtocols: ["h2"],
    });
    socket.on("error", () => undefined).resume();
    await once(socket, "secureConnect");
    socket.write(Buffer.concat([Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), frame(SETTINGS, 0, 0)]));
    for (let id = 1; id < 2000; id += 2) {
      const reset = frame(RST_STREAM, 0, id, Buffer.of(0, 0, 0, constants.NGHTTP2_CANCEL));
      socket.write(Buffer.concat([frame(HEADERS, END_STREAM | END_HEADERS, id, watchBlock), reset]));
    }
    await once(socket, "close");
    await expect.poll(() => served.hub.viewerCount).toBe(0);
  });
});

// RFC 9113, 6.2 to 6.5
const [HEADERS, RST_STREAM, SETTINGS] = [1, 3, 4];
const [END_STREAM, END_HEADERS] = [1, 4];

function frame(type: number, flags: number, streamId: number, payload = Buffer.alloc(0)): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head.writeUInt8(type, 3);
  head.writeUInt8(flags, 4);
  head.writeUInt32BE(streamId, 5);
  return Buffer.concat([head, payload]);
}

/** GET and https of HPACK's table (RFC 7541, A), then path and authority as literals. */
const watchBlock = Buffer.concat([
  Buffer.of(0x82, 0x87),
  literal(4, "/live/cam.flv"),
  literal(1, "localhost"),
]);

/** Without indexing, under a name of the table (RFC 7541, 6.2.2). */
function literal(name: number, value: string): Buffer {
  return Buffer.concat([Buffer.of(name, value.length), Buffer.from(value, "latin1")]);
}
