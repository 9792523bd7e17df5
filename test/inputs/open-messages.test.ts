import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer, type RequestListener } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import { type WebSocket, WebSocketServer } from "ws";
import type { Source } from "../../src/devices/source.ts";
import { release } from "../../src/devices/source.ts";
import { parseDeviceSpec } from "../../src/devices/spec.ts";
import { UserError } from "../../src/errors.ts";
import { FlvOpening } from "../../src/inputs/flv-opening.ts";
import { isRead, type OpenMessagesOptions, openMessages } from "../../src/inputs/open-messages.ts";
import type { FlvMessage } from "../../src/media/flv/message.ts";
import { fixture } from "../media/fixture.ts";
import { messagesOf } from "../media/flv/messages.ts";

const options: OpenMessagesOptions = {
  ...{
    wanted: { video: true, audio: true },
    passes: "universal",
    audioCodec: "auto",
    timeoutMs: 5000,
    isFlv: false,
    publishers: null,
  },
};

/** Opens it, and lets it go when the test is over. */
async function open(text: string, how: Partial<OpenMessagesOptions> = {}) {
  const opened = await openMessages(parseDeviceSpec(text), { ...options, ...how });
  if (opened !== null && !(opened instanceof UserError)) onTestFinished(() => release(opened));
  return opened;
}

function sourceOf(opened: Awaited<ReturnType<typeof open>>): Source {
  if (opened === null || opened instanceof UserError) throw new Error(`not opened: ${String(opened)}`);
  return opened;
}

/** Messages of a source, until there are so many; and how it ended, if it did before. */
async function received(
  source: Source,
  count: number,
): Promise<{ messages: FlvMessage[]; end: string | null }> {
  const messages: FlvMessage[] = [];
  const end = await new Promise<string | null>((resolve) => {
    const leave = source.messages?.receive({
      onMessages: (some) => {
        messages.push(...some);
        if (messages.length >= count) resolve(null);
      },
      onEnd: (failure) => resolve(failure?.message ?? "an end"),
    });
    onTestFinished(() => leave?.());
  });
  return { messages, end };
}

async function serve(respond: RequestListener): Promise<string> {
  const server = createServer(respond).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `127.0.0.1:${(server.address() as AddressInfo).port}`; // it listens on a port
}

const clean = fixture("flv/clean.flv");
const count = messagesOf("clean.flv").length;

/** A live stream: it has no length, and no end. */
const live: RequestListener = (_, response) => {
  response.writeHead(200, { "content-type": "video/x-flv" });
  response.write(clean);
};

describe("FLV over HTTP", () => {
  it("is read with its tracks and its frame rate, from its first message on", async () => {
    const source = sourceOf(await open(`http://${await serve(live)}/live/door.flv`));
    expect(source).toMatchObject({
      ...{ clock: "live", hasEnd: false, video: { codec: "h264", fps: 25 }, audio: { codec: "aac" } },
    });
    const { messages } = await received(source, count);
    expect(messages.map(({ type, timestampMs }) => [type, timestampMs])).toEqual(
      messagesOf("clean.flv").map(({ type, timestampMs }) => [type, timestampMs]),
    );
  });

  it("may be cut anywhere", async () => {
    const address = await serve((_, response) => {
      void (async () => {
        for (const byte of clean.subarray(0, 400)) {
          response.write(Uint8Array.of(byte));
          await new Promise((resolve) => setImmediate(resolve));
        }
        response.write(clean.subarray(400));
      })();
    });
    const source = sourceOf(await open(`http://${address}/door.flv?a=1`));
    expect((await received(source, count)).messages).toHaveLength(count);
  });

  it("that breaks off says so", async () => {
    const address = await serve((request, response) => {
      live(request, response);
      setTimeout(() => response.destroy(), 50);
    });
    const source = sourceOf(await open(`http://${address}/door.flv`));
    const { end } = await received(source, Infinity);
    expect(end).toContain("connection reset");
  });

  it("that becomes something else in the middle says where", async () => {
    const address = await serve((request, response) => {
      live(request, response);
      response.write(Buffer.alloc(100, 0x55));
      response.end();
    });
    const source = sourceOf(await open(`http://${address}/door.flv`));
    expect((await received(source, Infinity)).end).toMatch(/(: FLV: .*| has ended)$/);
  });

  it.each<[string, RequestListener]>([
    [
      "a file, which has an end",
      (_, response) => void response.writeHead(200, { "content-length": clean.length }).end(clean),
    ],
    ["no FLV", (_, response) => void response.writeHead(200).write("#EXTM3U\nnothing of the kind")],
  ])("%s is ffmpeg's", async (_, respond) => {
    await expect(open(`http://${await serve(respond)}/door.flv`)).resolves.toBeNull();
  });

  it("is not looked for where nothing tells of it, unless it was found before", async () => {
    const address = await serve(live);
    await expect(open(`http://${address}/stream`)).resolves.toBeNull();
    sourceOf(await open(`http://${address}/stream`, { isFlv: true }));
  });

  it("of a codec that cannot go out as it is may be ffmpeg's", async () => {
    const address = await serve((_, response) => {
      response.write(fixture("flv/hevc-opus.flv"));
    });
    const failure = await open(`http://${address}/door.flv`);
    expect(failure).toMatchObject({
      reason: "brokenInput",
      message: `http://${address}/door.flv: H.265 is passed through only with --copy`,
    });
  });

  it.each([
    [401, "permission", "access denied (HTTP 401); check the user name and password in the URL"],
    [404, "deviceAbsent", "the server answered with HTTP 404; check the URL"],
    [503, "deviceAbsent", "the server answered with HTTP 503"],
  ])("refused with %i fails as %s", async (status, reason, text) => {
    const address = await serve((_, response) => void response.writeHead(status).end());
    await expect(open(`http://${address}/door.flv`)).rejects.toMatchObject({
      ...{ reason, message: expect.stringContaining(text) as string },
    });
  });

  it("of a server that says nothing is given up in time", async () => {
    const silent = await serve(() => undefined);
    await expect(open(`http://${silent}/door.flv`, { timeoutMs: 200 })).rejects.toThrow(
      "no response within 0.2 s",
    );
    const empty = await serve((_, response) => response.writeHead(200).flushHeaders());
    await expect(open(`http://${empty}/door.flv`, { timeoutMs: 300 })).rejects.toMatchObject({
      ...{ reason: "notReady", message: expect.stringContaining("within 0.3 s") as string },
    });
  });

  it("follows redirects, with the password for its own host alone", async () => {
    const seen: (string | undefined)[] = [];
    const challenge: RequestListener = (request, response) => {
      seen.push(request.headers.authorization);
      if (request.headers.authorization === undefined)
        response.writeHead(401, { "www-authenticate": 'Basic realm="flvcast"' }).end();
      else live(request, response);
    };
    const other = await serve(challenge);
    const own = await serve((request, response) => {
      if (request.url === "/door.flv") challenge(request, response);
      else if (request.url === "/a.flv") response.writeHead(302, { location: "/door.flv" }).end();
      else response.writeHead(302, { location: `http://${other}/door.flv` }).end();
    });
    sourceOf(await open(`http://me:secret@${own}/a.flv`));
    expect(seen).toEqual([undefined, `Basic ${Buffer.from("me:secret").toString("base64")}`]);
    seen.length = 0;
    await expect(open(`http://me:secret@${own}/b.flv`)).rejects.toMatchObject({ reason: "permission" });
    expect(seen).toEqual([undefined]);
  });

  it("with a certificate that nobody vouches for is refused", async () => {
    const folder = "test/fixtures/tls";
    const server = createTlsServer(
      { key: readFileSync(`${folder}/key.pem`), cert: readFileSync(`${folder}/cert.pem`) },
      live,
    );
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    onTestFinished(() => {
      server.closeAllConnections();
      server.close();
    });
    const { port } = server.address() as AddressInfo; // it listens on a port
    await expect(open(`https://127.0.0.1:${port}/door.flv`)).rejects.toMatchObject({
      ...{
        reason: "permission",
        message: expect.stringContaining("its TLS certificate is not trusted") as string,
      },
    });
  });
});

async function webSocket(send: (socket: WebSocket) => void): Promise<string> {
  const server = new WebSocketServer({ port: 0, host: "127.0.0.1" });
  await once(server, "listening");
  server.on("connection", send);
  onTestFinished(() => {
    for (const client of server.clients) client.terminate();
    server.close();
  });
  return `ws://127.0.0.1:${(server.address() as AddressInfo).port}`; // it listens on a port
}

describe("FLV over a WebSocket", () => {
  it("is read as over HTTP, however it is cut into messages", async () => {
    const url = await webSocket((socket) => {
      for (let at = 0; at < clean.length; at += 1000) socket.send(clean.subarray(at, at + 1000));
    });
    const source = sourceOf(await open(`${url}/live/door.flv#player`));
    expect((await received(source, count)).messages).toHaveLength(count);
  });

  it("that closes says so", async () => {
    const url = await webSocket((socket) => {
      socket.send(clean);
      setTimeout(() => socket.close(), 50);
    });
    const source = sourceOf(await open(`${url}/door`));
    expect((await received(source, Infinity)).end).toContain("has ended");
  });

  it("cannot be ffmpeg's: what is no FLV fails, and so does a server that refuses or is not there", async () => {
    const url = await webSocket((socket) => socket.send(Buffer.from("something else")));
    await expect(open(`${url}/door`)).rejects.toMatchObject({ reason: "brokenInput" });
    const refusing = await serve((_, response) => void response.writeHead(403).end());
    await expect(open(`ws://${refusing}/door`)).rejects.toMatchObject({ reason: "permission" });
    const speaksHttp = await serve((_, response) => void response.writeHead(200).end());
    await expect(open(`ws://${speaksHttp}/door`)).rejects.toThrow("does not speak WebSocket there");
    await expect(open("ws://127.0.0.1:1/door")).rejects.toThrow("/door: connection refused; check");
    await expect(open("ws://[::1")).rejects.toMatchObject({ reason: "usage" });
  });
});

describe("a publisher", () => {
  const feed = { receive: () => () => undefined, close: () => undefined };

  it("is waited for while nobody publishes, and taken when somebody does", async () => {
    await expect(open("rtmp")).rejects.toMatchObject({
      reason: "deviceAbsent",
      message: "no publisher is connected",
    });
    const opening = new FlvOpening();
    for (const message of messagesOf("clean.flv")) if (opening.push(message, 0)) break;
    const publisher = { program: "OBS", address: "192.0.2.1", opening, feed };
    const slot = { take: () => publisher, onPublisher: () => () => undefined };
    const source = sourceOf(await open("rtmp", { publishers: slot }));
    expect(source).toMatchObject({ label: "rtmp", clock: "live", hasEnd: false });
    expect([source.video !== null, source.audio !== null]).toEqual([true, true]);
    const none = { take: () => null, onPublisher: () => () => undefined };
    await expect(open("rtmp", { publishers: none })).rejects.toMatchObject({ reason: "deviceAbsent" });
  });
});

it.each([
  ["rtmp", true],
  ["rtmp://host/live/door", true],
  ["rtmps://host/live/door", true],
  ["ws://host/live/door.flv", true],
  ["wss://host/live", true],
  ["http://host/live/door.flv?token=a.b", true],
  ["https://host/door.flv", true],
  ["http://host/door?file=door.flv", false],
  ["http://host/door.mp4", false],
  ["rtsp://host/door.flv", false],
  ["door.flv", false],
])("%s is read without ffmpeg: %s", (text, expected) => {
  expect(isRead(parseDeviceSpec(text))).toBe(expected);
});
