import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import type { Readable } from "node:stream";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { Hub } from "../../src/outputs/live/hub.ts";
import type { Sink } from "../../src/outputs/live/sink.ts";
import { startViewing } from "../../src/outputs/live/viewing.ts";
import { http1Sink } from "../../src/server/viewers/http1-sink.ts";
import { webSocketSink } from "../../src/server/viewers/websocket-sink.ts";
import { LagWatch } from "../../src/system/lag-watch.ts";
import { send, somebody, videoHub } from "../outputs/live/fakes.ts";

const lagWatch = new LagWatch();

const opened: { close(): void }[] = [];

afterEach(() => {
  for (const each of opened.splice(0)) each.close();
});

async function portOf(server: Server): Promise<number> {
  opened.push(server);
  await once(server.listen(0, "127.0.0.1"), "listening");
  return (server.address() as AddressInfo).port;
}

/** What a viewer gets until its stream ends; it may be waited for later. */
interface Watching {
  readonly whole: Promise<Buffer>;
}

function collect(stream: Readable): Watching {
  const parts: Buffer[] = [];
  stream.on("data", (part: Buffer) => parts.push(part));
  return { whole: once(stream, "close").then(() => Buffer.concat(parts)) };
}

/** Over a connection of its own, without a response's head. */
async function watch(hub: Hub, toSink: (socket: Socket) => Sink): Promise<Watching> {
  const server = createServer((socket) => startViewing(lagWatch, hub, toSink(socket), socket, somebody));
  const connected = once(server, "connection");
  const watching = collect(connect(await portOf(server), "127.0.0.1"));
  await connected;
  return watching;
}

/** The body of a chunked one (RFC 9112, 7.1), which must be whole. */
function unchunked(body: Buffer): Buffer {
  const parts: Buffer[] = [];
  for (let at = 0; ; ) {
    const start = body.indexOf("\r\n", at) + 2;
    const end = start + Number.parseInt(body.toString("latin1", at, start), 16);
    parts.push(body.subarray(start, end));
    expect(body.toString("latin1", end, end + 2)).toBe("\r\n");
    at = end + 2;
    if (start !== end) continue;
    expect(at).toBe(body.length);
    return Buffer.concat(parts);
  }
}

/** The frames of a WebSocket (RFC 6455, 5.2), as the first byte and the payload. */
function framesOf(bytes: Buffer): { readonly first: number; readonly payload: Buffer }[] {
  const frames = [];
  for (let at = 0; at < bytes.length; ) {
    const short = bytes.readUInt8(at + 1);
    const start = at + (short === 127 ? 10 : short === 126 ? 4 : 2);
    const size =
      short === 127
        ? Number(bytes.readBigUInt64BE(at + 2))
        : short === 126
          ? bytes.readUInt16BE(at + 2)
          : short;
    frames.push({ first: bytes.readUInt8(at), payload: bytes.subarray(start, start + size) });
    at = start + size;
  }
  expect(frames.at(-1)?.payload.length).toBe(frames.at(-1)?.first === 0x88 ? 2 : Number.NaN);
  return frames;
}

/** Batches of all sizes that a WebSocket's frame tells apart: up to 125 bytes, to 65,535, and above. */
function sendAllSizes(hub: Hub): void {
  for (const count of [1, 5, 6, 200, 2621, 2622, 5000])
    send(hub, Array.from({ length: count }, (_, index) => `delta@${40 + index}`).join(" "));
}

const everyWay = [
  {
    name: "http/1.0",
    start: (hub) => watch(hub, (socket) => http1Sink(socket, "1.0")),
    toFlv: (body) => body,
  },
  {
    name: "http/1.1",
    start: (hub) => watch(hub, (socket) => http1Sink(socket, "1.1")),
    toFlv: unchunked,
  },
  {
    name: "websocket",
    start: (hub) => watch(hub, webSocketSink),
    toFlv: (bytes) =>
      Buffer.concat(
        framesOf(bytes)
          .slice(0, -1)
          .map(({ payload }) => payload),
      ),
  },
] as const satisfies readonly {
  name: string;
  start: (hub: Hub) => Promise<Watching>;
  toFlv: (bytes: Buffer) => Buffer;
}[];

describe("the stream", () => {
  it("is the same to the byte for every viewer, over every transport", async () => {
    const hub = videoHub();
    send(hub, "metadata@0 video-config@0 audio-config@0 key@0 delta@20");
    const viewers = [];
    for (const way of [...everyWay, ...everyWay]) viewers.push({ way, ...(await way.start(hub)) });
    expect(hub.viewers.map(({ sink }) => sink.transport.name).toSorted()).toEqual(
      viewers.map(({ way }) => way.name).toSorted(),
    );
    sendAllSizes(hub);
    hub.end();
    const bodies = await Promise.all(viewers.map(async ({ way, whole }) => ({ way, bytes: await whole })));
    const [expected] = bodies;
    expect(expected?.bytes.length).toBeGreaterThan(100_000);
    for (const { way, bytes } of bodies) {
      const differs = Buffer.compare(way.toFlv(bytes), expected?.bytes ?? Buffer.alloc(0)) !== 0;
      expect(differs ? `${way.name} differs` : "").toBe("");
    }
  });
});

describe("over WebSocket", () => {
  it("comes in binary messages of whole tags, the header first, and ends with a normal closure", async () => {
    const hub = videoHub();
    send(hub, "key@0");
    const { whole } = await watch(hub, webSocketSink);
    sendAllSizes(hub);
    hub.end();
    const frames = framesOf(await whole);
    const closure = frames.pop();
    expect(closure?.first).toBe(0x88);
    expect(closure?.payload.readUInt16BE()).toBe(1000);
    expect(frames.map(({ first }) => first)).toEqual(frames.map(() => 0x82));
    const tagBytes = 25;
    expect(frames.map(({ payload }) => payload.length)).toEqual(
      [13, 25].concat([1, 5, 6, 200, 2621, 2622, 5000].map((count) => count * tagBytes)),
    );
  });
});

/** A viewer who reads nothing, and more on its way to it than a kernel holds. */
async function unread(): Promise<{
  readonly sink: Sink;
  readonly served: Socket;
  readonly client: Socket;
}> {
  const server = createServer();
  const connected = once(server, "connection");
  const client = connect(await portOf(server), "127.0.0.1").pause();
  const [served] = (await connected) as [Socket];
  served.on("error", () => undefined);
  const sink = http1Sink(served, "1.1");
  sink.write(Buffer.alloc(20_000_000));
  return { sink, served, client };
}

describe("a viewer who reads nothing", () => {
  it("has ten seconds for the end of its stream", async () => {
    const { sink, served, client } = await unread();
    const setTimeout = served.setTimeout.bind(served);
    const timeouts = vi
      .spyOn(served, "setTimeout")
      .mockImplementation((ms, onTimeout) => setTimeout(ms / 100, onTimeout)); // 100 ms
    sink.end();
    await once(served, "close");
    expect(timeouts.mock.calls.map(([ms]) => ms)).toEqual([10_000]);
    client.destroy();
  });

  it("is reset where it is dropped: the kernel keeps nothing for it", async () => {
    const { sink, client } = await unread();
    const failed = once(client, "error");
    sink.destroy();
    client.resume();
    await expect(failed).resolves.toMatchObject([{ code: "ECONNRESET" }]);
  });
});

describe("a connection", () => {
  it.each(everyWay)("that is over ends the viewing: $name", async ({ start }) => {
    const hub = videoHub();
    send(hub, "key@0");
    const { whole } = await start(hub);
    expect(hub.viewerCount).toBe(1);
    hub.viewers[0]?.sink.destroy();
    await whole.catch(() => undefined); // a reset, where the transport has one
    await expect.poll(() => hub.viewerCount).toBe(0);
  });

  it("that was over before is let out at once", async () => {
    const hub = videoHub();
    send(hub, "key@0");
    const server = createServer();
    const connected = new Promise<Socket>((resolve) => server.once("connection", resolve));
    connect(await portOf(server), "127.0.0.1").on("error", () => undefined);
    const socket = await connected;
    const closed = once(socket, "close");
    socket.destroy();
    await closed;
    startViewing(lagWatch, hub, http1Sink(socket, "1.1"), socket, somebody);
    expect(hub.viewerCount).toBe(0);
  });
});
