import { afterEach, beforeEach, describe, expect, it, test } from "vitest";
import { HttpServer } from "../../src/http/server.ts";
import type { Channel } from "../../src/live/channel.ts";
import { send, videoChannel } from "../live/fakes.ts";
import { RawClient } from "./raw-client.ts";

const OPENING = "metadata@0 video-config@0 audio-config@0 key@0";

let channel: Channel;
let server: HttpServer;
let port: number;
const clients: RawClient[] = [];

beforeEach(async () => {
  channel = videoChannel();
  server = new HttpServer([channel]);
  port = await server.listen("127.0.0.1", 0);
});

afterEach(async () => {
  channel.end();
  for (const client of clients.splice(0)) client.socket.destroy();
  await server.close(100);
});

function request(text: string): RawClient {
  const client = new RawClient(port, text);
  clients.push(client);
  return client;
}

function get(path: string, headers = "", version = "1.1"): RawClient {
  return request(`GET ${path} HTTP/${version}\r\nHost: x\r\n${headers}\r\n`);
}

function hasOpening(client: RawClient): boolean {
  return client.chunks.length >= 2;
}

describe("a stream over HTTP/1.1", () => {
  it("has no length, is not cached, and takes no further request", async () => {
    send(channel, OPENING);
    const client = await get("/live/cam.flv").until(hasOpening);
    const [status, ...headers] = client.head.split("\r\n");
    expect(status).toBe("HTTP/1.1 200 OK");
    expect(headers.filter((header) => !header.startsWith("Date:"))).toEqual([
      "Content-Type: video/x-flv",
      "Transfer-Encoding: chunked",
      "Accept-Ranges: none",
      "Cache-Control: no-store",
      "X-Accel-Buffering: no",
      "Connection: close",
    ]);
  });

  it("begins with a chunk of 13 bytes, the FLV header, then the opening, and ends with its last chunk", async () => {
    send(channel, `${OPENING} delta@40`);
    const client = await get("/live/cam.flv?x=1").until(hasOpening);
    send(channel, "delta@80");
    channel.end();
    await client.closed();
    expect(client.body.startsWith("d\r\nFLV\x01\x05\0\0\0\x09\0\0\0\0\r\n")).toBe(true);
    expect(client.body.endsWith("\r\n0\r\n\r\n")).toBe(true);
    expect(client.chunks.map((chunk) => chunk.length > 0)).toEqual([true, true, true, false]);
  });

  it("is the same to the byte for two viewers of one moment", async () => {
    send(channel, `${OPENING} delta@40`);
    const one = get("/live/cam.flv");
    const other = get("/live/cam.flv");
    await Promise.all([one.until(hasOpening), other.until(hasOpening)]);
    send(channel, "delta@80 audio@80 key@120");
    channel.end();
    await Promise.all([one.closed(), other.closed()]);
    expect(one.body).toBe(other.body);
    expect(one.chunks.length).toBeGreaterThan(3);
  });

  it("is not woven with a second one when requests are pipelined", async () => {
    send(channel, OPENING);
    const text = "GET /live/cam.flv HTTP/1.1\r\nHost: x\r\n\r\n";
    const client = await request(text.repeat(50)).until(hasOpening);
    client.socket.write(text.repeat(50));
    send(channel, "delta@40");
    await client.until(({ chunks }) => chunks.length >= 3);
    expect(channel.viewerCount).toBe(1);
    channel.end();
    await client.closed();
    expect(client.text.match(/HTTP\/1\.1/g)).toHaveLength(1);
  });

  it("is refused behind another request on the same connection", async () => {
    send(channel, OPENING);
    const text = "GET /nothing HTTP/1.1\r\nHost: x\r\n\r\nGET /live/cam.flv HTTP/1.1\r\nHost: x\r\n\r\n";
    const client = await request(text).until(({ text: all }) => all.includes("behind another request"));
    expect(client.text.match(/HTTP\/1\.1 \d+/g)).toEqual(["HTTP/1.1 404", "HTTP/1.1 400"]);
    expect(channel.viewerCount).toBe(0);
  });

  it("is cut for a client that will not stop talking", async () => {
    send(channel, OPENING);
    const client = await get("/live/cam.flv").until(hasOpening);
    client.socket.write(Buffer.alloc(200_000));
    await client.closed();
    await expect.poll(() => channel.viewerCount).toBe(0);
  });

  it("forgets a viewer who has left", async () => {
    send(channel, OPENING);
    const client = await get("/live/cam.flv").until(hasOpening);
    expect(channel.viewerCount).toBe(1);
    client.socket.destroy();
    await expect.poll(() => channel.viewerCount).toBe(0);
  });

  it.each(["bytes=0-", "bytes=5-9", "bytes=-1", "bytes=9-5", "lines=1", "bytes=0-1,3-4"])(
    "ignores Range: %s, as it has no ranges",
    async (range) => {
      send(channel, OPENING);
      const client = await get("/live/cam.flv", `Range: ${range}\r\n`).until(hasOpening);
      expect(client.head).toContain("HTTP/1.1 200 OK");
    },
  );
});

describe("a stream over HTTP/1.0", () => {
  it("is the bare bytes and a close", async () => {
    send(channel, OPENING);
    const client = await get("/live/cam.flv", "", "1.0").until(({ body }) => body.length > 13);
    expect(client.head).not.toContain("Transfer-Encoding");
    expect(client.body.startsWith("FLV\x01\x05\0\0\0\x09\0\0\0\0")).toBe(true);
    channel.end();
    await client.closed();
    expect(client.body).not.toContain("0\r\n\r\n");
  });
});

describe("what is no stream", () => {
  it.each([
    "/live/other.flv",
    "/",
    "/live/cam",
    "/live/cam.flv/",
    "/live/%63am.flv",
    "/../live/cam.flv",
    "*",
  ])("is 404 at once: %s", async (path) => {
    send(channel, OPENING);
    const client = await get(path, "Connection: close\r\n").closed();
    expect(client.head).toContain("HTTP/1.1 404 Not Found");
    expect(client.body).toBe("there is no such stream here\n");
  });

  it("is 503 with Retry-After before the first key frame", async () => {
    const client = await get("/live/cam.flv", "Connection: close\r\n").closed();
    expect(client.head).toContain("HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1");
    expect(client.body).toBe("cam is starting: try again in a second\n");
  });

  it("is 405 with Allow for a method that does not read", async () => {
    const head = "POST /live/cam.flv HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    const client = await request(head).closed();
    expect(client.head).toContain("HTTP/1.1 405 Method Not Allowed\r\nAllow: GET, HEAD");
  });

  it("answers HEAD like GET, without a body", async () => {
    send(channel, OPENING);
    const client = await request("HEAD /live/cam.flv HTTP/1.1\r\nHost: x\r\n\r\n").closed();
    expect(client.head).toContain(
      "HTTP/1.1 200 OK\r\nContent-Type: video/x-flv\r\nTransfer-Encoding: chunked",
    );
    expect(client.body).toBe("");
    expect(channel.viewerCount).toBe(0);
  });

  it("is 400 for what is not HTTP", async () => {
    const client = await request("NONSENSE\r\n\r\n").closed();
    expect(client.head).toContain("HTTP/1.1 400 Bad Request");
  });
});

describe("a server that cannot listen", () => {
  it("says that the port is in use", async () => {
    const failure = new HttpServer([]).listen("127.0.0.1", port);
    await expect(failure).rejects.toThrow(`--port ${port} is in use on 127.0.0.1`);
    await expect(failure).rejects.toMatchObject({ exitCode: 15 });
  });

  it("says that the host is none of this machine's", async () => {
    const failure = new HttpServer([]).listen("192.0.2.1", 0);
    await expect(failure).rejects.toThrow("--host 192.0.2.1 is no address of this machine");
    await expect(failure).rejects.toMatchObject({ exitCode: 2 });
  });
});

test("a descriptor that is no socket is refused", async () => {
  await expect(new HttpServer([channel]).listenOn({ fd: 9999 })).rejects.toThrow(
    /file descriptor 9999 \(LISTEN_FDS\) is no TCP socket that listens/,
  );
});
