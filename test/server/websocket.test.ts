import { once } from "node:events";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { FlvDemuxer } from "../../src/media/flv/demuxer.ts";
import { send } from "../outputs/live/fakes.ts";
import { Served, ways } from "./served.ts";

describe.each(ways)("a stream over WebSocket, $way", ({ isTls }) => {
  let served: Served;

  beforeEach(async () => {
    served = await Served.start(isTls);
  });

  afterEach(() => served.stop());

  function open(path = "/live/cam.flv"): WebSocket {
    return new WebSocket(`${isTls ? "wss" : "ws"}://127.0.0.1:${served.port}${path}`, {
      rejectUnauthorized: false,
    });
  }

  it("is binary messages of whole tags, the first with the header, and a close", async () => {
    const messages: Buffer[] = [];
    const socket = open();
    socket.on("message", (data: Buffer, isBinary) => {
      expect(isBinary).toBe(true);
      messages.push(data);
    });
    await expect.poll(() => messages.length).toBeGreaterThanOrEqual(1);
    send(served.hub, "delta@40");
    await expect.poll(() => messages.length).toBeGreaterThanOrEqual(2);
    const closed = once(socket, "close");
    served.hub.end();
    expect((await closed)[0]).toBe(1000);
    expect(messages[0]?.toString("latin1", 0, 3)).toBe("FLV");
    const demuxer = new FlvDemuxer();
    for (const message of messages) demuxer.push(message);
    demuxer.end();
    expect(served.hub.viewerCount).toBe(0);
  });

  it("answers a ping, and a close", async () => {
    const socket = open();
    await once(socket, "open");
    socket.ping();
    await once(socket, "pong");
    const closed = once(socket, "close");
    socket.close(1000);
    await closed;
    await expect.poll(() => served.hub.viewerCount).toBe(0);
  });

  it("is cut for a client that will not stop talking", async () => {
    const socket = open();
    socket.on("error", () => undefined);
    await once(socket, "open");
    const closed = once(socket, "close");
    for (let sent = 0; sent < 100; sent++) socket.send(Buffer.alloc(1000));
    await closed;
    await expect.poll(() => served.hub.viewerCount).toBe(0);
  });

  it.each([
    ["a stream that is not here", "/live/other.flv", 404],
    ["two streams", "/flv?app=live&stream=cam&stream=cam", 400],
    ["NUL", "/live/%00.flv", 400],
  ])("is refused like every request: %s", async (_what, path, status) => {
    const socket = open(path);
    const [, response] = await once(socket, "unexpected-response");
    expect(response.statusCode).toBe(status);
    socket.on("error", () => undefined).terminate();
  });

  it.each([
    ["no key", "Sec-WebSocket-Version: 13\r\n", 400],
    ["another version", "Sec-WebSocket-Version: 7\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n", 400],
  ])("takes no handshake with %s", async (_what, headers, status) => {
    const upgrade = `Connection: Upgrade\r\nUpgrade: websocket\r\n${headers}`;
    const client = await served.get("/live/cam.flv", upgrade).closed();
    expect(client.status).toBe(status);
    expect(served.hub.viewerCount).toBe(0);
  });
});
