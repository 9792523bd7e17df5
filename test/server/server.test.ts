import { afterEach, beforeEach, describe, expect, it, test } from "vitest";
import type { Gate } from "../../src/auth/request.ts";
import { HttpServer } from "../../src/server/server.ts";
import { send } from "../outputs/live/fakes.ts";
import { FakeStream } from "./fake-stream.ts";
import { openGate } from "./open-gate.ts";
import { hasOpening, OPENING, Served, ways } from "./served.ts";

describe.each(ways)("over $way", ({ isTls }) => {
  let served: Served;

  beforeEach(async () => {
    served = await Served.start(isTls, {}, { isReady: false });
  });

  afterEach(() => served.stop());

  const request = (text: string) => served.request(text);
  const get = (path: string, headers = "", version = "1.1") => served.get(path, headers, version);

  describe("a stream over HTTP/1.1", () => {
    it("has no length, is not cached, and takes no further request", async () => {
      send(served.hub, OPENING);
      const client = await get("/live/cam.flv").until(hasOpening);
      const [status, ...headers] = client.head.split("\r\n");
      expect(status).toBe("HTTP/1.1 200 OK");
      expect(headers.filter((header) => !header.startsWith("Date:"))).toEqual([
        "Content-Type: video/x-flv",
        "Accept-Ranges: none",
        "Cache-Control: no-store",
        "X-Accel-Buffering: no",
        "Transfer-Encoding: chunked",
        "Connection: close",
      ]);
    });

    it("begins with a chunk of 13 bytes, the FLV header, then the opening, and ends with its last chunk", async () => {
      send(served.hub, `${OPENING} delta@40`);
      const client = await get("/live/cam.flv?x=1").until(hasOpening);
      send(served.hub, "delta@80");
      served.hub.end();
      await client.closed();
      expect(client.body.startsWith("d\r\nFLV\x01\x05\0\0\0\x09\0\0\0\0\r\n")).toBe(true);
      expect(client.body.endsWith("\r\n0\r\n\r\n")).toBe(true);
      expect(client.chunks.map((chunk) => chunk.length > 0)).toEqual([true, true, true, false]);
    });

    it("is the same to the byte for two viewers of one moment", async () => {
      send(served.hub, `${OPENING} delta@40`);
      const one = get("/live/cam.flv");
      const other = get("/live/cam.flv");
      await Promise.all([one.until(hasOpening), other.until(hasOpening)]);
      send(served.hub, "delta@80 audio@80 key@120");
      served.hub.end();
      await Promise.all([one.closed(), other.closed()]);
      expect(one.body).toBe(other.body);
      expect(one.chunks.length).toBeGreaterThan(3);
    });

    it("is not woven with a second one when requests are pipelined", async () => {
      send(served.hub, OPENING);
      const text = "GET /live/cam.flv HTTP/1.1\r\nHost: x\r\n\r\n";
      const client = await request(text.repeat(50)).until(hasOpening);
      client.socket.write(text.repeat(50));
      send(served.hub, "delta@40");
      await client.until(({ chunks }) => chunks.length >= 3);
      expect(served.hub.viewerCount).toBe(1);
      served.hub.end();
      await client.closed();
      expect(client.text.match(/HTTP\/1\.1/g)).toHaveLength(1);
    });

    it("is refused behind another request on the same connection", async () => {
      send(served.hub, OPENING);
      const text = "GET /nothing HTTP/1.1\r\nHost: x\r\n\r\nGET /live/cam.flv HTTP/1.1\r\nHost: x\r\n\r\n";
      const client = await request(text).until(({ text: all }) => all.includes("behind another request"));
      expect(client.text.match(/HTTP\/1\.1 \d+/g)).toEqual(["HTTP/1.1 404", "HTTP/1.1 400"]);
      expect(served.hub.viewerCount).toBe(0);
    });

    it("is cut for a client that will not stop talking", async () => {
      send(served.hub, OPENING);
      const client = await get("/live/cam.flv").until(hasOpening);
      client.socket.write(Buffer.alloc(200_000));
      await client.closed();
      await expect.poll(() => served.hub.viewerCount).toBe(0);
    });

    it("forgets a viewer who has left", async () => {
      send(served.hub, OPENING);
      const client = await get("/live/cam.flv").until(hasOpening);
      expect(served.hub.viewerCount).toBe(1);
      client.socket.destroy();
      await expect.poll(() => served.hub.viewerCount).toBe(0);
    });

    it.each(["bytes=0-", "bytes=5-9", "bytes=-1", "bytes=9-5", "lines=1", "bytes=0-1,3-4"])(
      "ignores Range: %s, as it has no ranges",
      async (range) => {
        send(served.hub, OPENING);
        const client = await get("/live/cam.flv", `Range: ${range}\r\n`).until(hasOpening);
        expect(client.head).toContain("HTTP/1.1 200 OK");
      },
    );
  });

  describe("a stream over HTTP/1.0", () => {
    it("is the bare bytes and a close", async () => {
      send(served.hub, OPENING);
      const client = await get("/live/cam.flv", "", "1.0").until(({ body }) => body.length > 13);
      expect(client.head).not.toContain("Transfer-Encoding");
      expect(client.body.startsWith("FLV\x01\x05\0\0\0\x09\0\0\0\0")).toBe(true);
      served.hub.end();
      await client.closed();
      expect(client.body).not.toContain("0\r\n\r\n");
    });
  });

  describe("a stream that cannot be had", () => {
    it("is 503 with Retry-After before the first key frame", async () => {
      const client = await get("/live/cam.flv", "Connection: close\r\n").closed();
      expect(client.head).toContain("HTTP/1.1 503 Service Unavailable");
      expect(client.header("Retry-After")).toBe("1");
      expect(client.body).toBe('"cam" is starting; try again in a second\n');
    });

    it("is 503 while it is known by name alone, and while nobody can be let in", async () => {
      served.server.announce("cam");
      const named = await get("/live/cam.flv", "Connection: close\r\n").closed();
      expect([named.status, named.body]).toEqual([
        503,
        "the stream is waiting for its device; try again in a second\n",
      ]);
      const server = new HttpServer({ hubs: [served.hub] });
      const port = await server.listen("127.0.0.1", 0);
      const early = await fetch(`http://127.0.0.1:${port}/live/cam.flv`);
      expect([early.status, early.headers.get("Retry-After")]).toEqual([503, "1"]);
      server.setGate(openGate);
      expect((await fetch(`http://127.0.0.1:${port}/live/other.flv`)).status).toBe(404);
      await server.close(0);
    });
  });

  test("HEAD is answered like GET, without a body", async () => {
    send(served.hub, OPENING);
    const client = await request("HEAD /live/cam.flv HTTP/1.1\r\nHost: x\r\n\r\n").closed();
    expect(client.header("Content-Type")).toBe("video/x-flv");
    expect(client.header("Transfer-Encoding")).toBe("chunked");
    expect(client.body).toBe("");
    expect(served.hub.viewerCount).toBe(0);
  });

  test("the stream is also at nginx-http-flv's URL", async () => {
    send(served.hub, OPENING);
    const client = await get("/flv?port=1935&app=live&stream=cam").until(hasOpening);
    expect(client.status).toBe(200);
  });

  test("a client that asks for h2c gets its stream over HTTP/1.1", async () => {
    send(served.hub, OPENING);
    const client = await get(
      "/live/cam.flv",
      "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n",
    ).until(hasOpening);
    expect(client.status).toBe(200);
    client.socket.end();
    await client.closed();
    await expect.poll(() => served.hub.viewerCount).toBe(0);
  });

  test("a server that listens elsewhere, or nowhere for a while, keeps its viewers", async () => {
    send(served.hub, OPENING);
    const client = await get("/live/cam.flv").until(hasOpening);
    const before = served.port;
    served.port = await served.server.listen("127.0.0.1", 0);
    expect(served.port).not.toBe(before);
    const other = await get("/live/cam.flv").until(hasOpening);
    const taken = await Served.start(isTls);
    await expect(served.server.listen("127.0.0.1", taken.port)).rejects.toMatchObject({
      reason: "portInUse",
    });
    send(served.hub, "delta@40");
    await Promise.all([client, other].map((one) => one.until(({ chunks }) => chunks.length >= 3)));
    expect(served.hub.viewerCount).toBe(2);
    await taken.stop();
    served.hub.end();
    await served.server.close(60_000);
    expect(served.hub.viewerCount).toBe(0);
    await Promise.all([client.closed(), other.closed()]);
    for (const { body } of [client, other]) expect(body.endsWith("\r\n0\r\n\r\n")).toBe(true);
  });

  test("a server that closes drops who is idle, and then a viewer that does not leave", async () => {
    send(served.hub, OPENING);
    const viewer = await get("/live/cam.flv").until(hasOpening);
    const idle = await get("/nothing").until(({ status }) => status === 404);
    await served.server.close(100);
    await Promise.all([idle.closed(), viewer.closed()]);
    await expect.poll(() => served.hub.viewerCount).toBe(0);
  });

  test("a viewer who ends its side of the connection is forgotten", async () => {
    send(served.hub, OPENING);
    const client = await get("/live/cam.flv").until(hasOpening);
    client.socket.end();
    await expect.poll(() => served.hub.viewerCount).toBe(0);
  });
});

test("what is measured is told with what the gate sends", async () => {
  const headers = { "Access-Control-Allow-Origin": "https://grafana.example" };
  const gate: Gate = { judge: () => ({ kind: "admitted", address: "", headers }) };
  const served = await Served.start(false, { gate });
  served.server.setStreams(() => [new FakeStream()]);
  const client = await served.get("/metrics", "Connection: close\r\n").closed();
  expect([
    client.status,
    client.header("Content-Type"),
    client.header("Access-Control-Allow-Origin"),
  ]).toEqual([200, "text/plain; version=0.0.4; charset=utf-8", "https://grafana.example"]);
  expect(client.body).toContain('flvcast_key_frames_total{stream="cam"} 10\n');
  await served.stop();
});

describe("a server that cannot listen", () => {
  it("says that the port is in use", async () => {
    const served = await Served.start(false);
    const { port } = served;
    const failure = new HttpServer({}).listen("127.0.0.1", port);
    await expect(failure).rejects.toThrow(`port ${port} is already in use on 127.0.0.1`);
    await expect(failure).rejects.toMatchObject({ exitCode: 15 });
    await served.stop();
  });

  it("says that the host is none of this machine's", async () => {
    const failure = new HttpServer({}).listen("192.0.2.1", 0);
    await expect(failure).rejects.toThrow("--host 192.0.2.1 is not an address of this machine");
    await expect(failure).rejects.toMatchObject({ exitCode: 17 });
  });
});

test("a server that never listened is closed at once", async () => {
  await expect(new HttpServer({}).close(60_000)).resolves.toBeUndefined();
});

test("a descriptor that is no socket is refused", async () => {
  await expect(new HttpServer({}).listenOn({ fd: 9999 })).rejects.toThrow(
    /file descriptor 9999 \(LISTEN_FDS\) is not a listening TCP socket/,
  );
});
