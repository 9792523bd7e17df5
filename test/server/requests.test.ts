import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { FakeStream } from "./fake-stream.ts";
import type { RawClient } from "./raw-client.ts";
import { hasOpening, Served, ways } from "./served.ts";

const HOST = "Host: localhost\r\n";
const WEBSOCKET = "Connection: Upgrade\r\nUpgrade: websocket\r\n";
const CLOSE = "Connection: close\r\n";

function requestFor(path: string, method = "GET", headers = ""): string {
  return `${method} ${path} HTTP/1.1\r\n${HOST}${CLOSE}${headers}\r\n`;
}

describe.each(ways)("what comes in over $way", ({ isTls }) => {
  let served: Served;
  let healthy: RawClient;

  beforeAll(async () => {
    served = await Served.start(isTls);
    const stream = new FakeStream();
    stream.picture = { kind: "not-yet" };
    served.server.setStreams(() => [stream]);
    healthy = await served.get("/live/cam.flv").until(hasOpening);
  });

  afterAll(() => served.stop());

  it.each<[what: string, request: string, statuses: readonly number[]]>([
    ["no HTTP", "NONSENSE\r\n\r\n", [400]],
    ["a TLS hello or other bytes", "\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03", [400]],
    ["HTTP/2 without being asked", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", [400]],
    ["no version", "GET /live/cam.flv\r\n\r\n", [400]],
    ["no version, but a Host", `GET / \r\n${HOST}\r\n`, [400]],
    ["no version and nothing behind the path, but a Host", `GET /\r\n${HOST}\r\n`, [400]],
    ["HTTP/0.9", `GET / HTTP/0.9\r\n${HOST}\r\n`, [400]],
    ["HTTP/2.0 as if it were HTTP/1", `GET / HTTP/2.0\r\n${HOST}\r\n`, [505]],
    ["HTTP/2.0 that asks for a WebSocket", `GET / HTTP/2.0\r\n${HOST}${WEBSOCKET}\r\n`, [505]],
    ["another version", `GET /live/cam.flv HTTP/3.7\r\n${HOST}\r\n`, [400]],
    ["two spaces", requestFor(" /live/other.flv"), [400, 404]],
    ["no Host", `GET /live/cam.flv HTTP/1.1\r\n${CLOSE}\r\n`, [400]],
    ["two Hosts", `GET /live/cam.flv HTTP/1.1\r\n${HOST}${HOST}\r\n`, [400]],
    ["two Hosts, far apart", requestFor("/live/cam.flv", "GET", `${"a: b\r\n".repeat(2100)}${HOST}`), [431]],
    ["a name outside the pattern", requestFor("/live/.cam.flv"), [404]],
    ["a name too long", requestFor(`/live/${"a".repeat(65)}.flv`), [404]],
    ["an encoded name", requestFor("/live/%63am.flv", "HEAD"), [200]],
    ["an encoded letter of every part", requestFor("/%6cive/c%61m%2eflv", "HEAD"), [200]],
    ["an encoded percent sign", requestFor("/live/%2563am.flv"), [404]],
    ["an encoded still", requestFor("/%6cive/%63am.j%70g"), [503]],
    ["an encoded stream of the API", requestFor("/%61pi/v1/streams/%63am"), [200]],
    ["an encoded page", requestFor("/w%61tch/cam"), [200]],
    ["an encoded file of the page", requestFor("/pl%61yer/%69con.svg"), [200]],
    ["an unknown name", requestFor("/live/other.flv"), [404]],
    ["the page of all channels", requestFor("/"), [200]],
    ["no suffix", requestFor("/live/cam"), [303]],
    ["no suffix, and an unknown name", requestFor("/live/other"), [404]],
    ["POST without suffix", requestFor("/live/cam", "POST"), [405]],
    ["a slash behind", requestFor("/live/cam.flv/"), [404]],
    ["a name of Object", requestFor("/live/__proto__.flv"), [404]],
    ["..", requestFor("/live/../live/cam.flv"), [400]],
    ["an encoded ..", requestFor("/live/%2e%2e/live/cam.flv"), [400]],
    ["a doubly encoded ..", requestFor("/live/%252e%252e%252fcam.flv"), [404]],
    ["NUL", requestFor("/live/cam%00.flv"), [400]],
    ["NUL as it is", requestFor("/live/cam\0.flv"), [400]],
    ["an encoded slash", requestFor("/live%2fcam.flv"), [400]],
    ["two slashes", requestFor("//live//cam.flv"), [404]],
    ["9 KB of URI", requestFor(`/live/${"a".repeat(9000)}`), [414]],
    ["40 KB of URI", requestFor(`/live/${"a".repeat(40_000)}`), [414, 431]], // in parts, nobody knows by then of what
    ["17 KB of header", requestFor("/live/cam.flv", "GET", `X: ${"a".repeat(17_000)}\r\n`), [431]],
    ["40 KB of header", requestFor("/live/cam.flv", "GET", `X: ${"a".repeat(40_000)}\r\n`), [431]],
    ["200 headers", requestFor("/live/cam.flv", "GET", "a: b\r\n".repeat(200)), [431]],
    ["a header line without colon", requestFor("/live/cam.flv", "GET", "nonsense\r\n"), [400]],
    ["a space before the colon", requestFor("/live/cam.flv", "GET", "X : y\r\n"), [400]],
    ["a folded header", requestFor("/live/cam.flv", "GET", "X: a\r\n b\r\n"), [200, 400]],
    ["a bare CR in a header", requestFor("/live/cam.flv", "GET", "X: a\rSet-Cookie: b\r\n"), [400]],
    ["CR LF in the path, encoded", requestFor("/live/a%0d%0aSet-Cookie:%20b.flv"), [400]],
    ["CR LF in the query, encoded", requestFor("/live/no.flv?a=%0d%0aSet-Cookie:%20b"), [404]],
    ["another server's URL", requestFor("http://example.org/live/cam.flv"), [400]],
    ["our own URL", requestFor("http://localhost/live/other.flv"), [404]],
    [
      "both lengths of a body",
      requestFor("/x", "POST", "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n"),
      [400],
    ],
    ["two lengths", requestFor("/x", "POST", "Content-Length: 5\r\nContent-Length: 6\r\n"), [400]],
    ["a length that is no number", requestFor("/x", "POST", "Content-Length: +5\r\n"), [400]],
    ["chunked, but not at last", requestFor("/x", "POST", "Transfer-Encoding: chunked, gzip\r\n"), [400]],
    ["an expectation", requestFor("/live/other.flv", "GET", "Expect: 100-continue\r\n"), [404]],
    ["another expectation", requestFor("/live/other.flv", "GET", "Expect: wonders\r\n"), [417]],
    ["h2c", `GET /live/other.flv HTTP/1.1\r\n${HOST}Connection: Upgrade\r\nUpgrade: h2c\r\n\r\n`, [404]],
    ["POST to a stream", requestFor("/live/cam.flv", "POST", "Content-Length: 0\r\n"), [405]],
    ["DELETE of a stream", requestFor("/live/cam.flv", "DELETE"), [405]],
    ["PROPFIND of a stream", requestFor("/live/cam.flv", "PROPFIND"), [405]],
    ["TRACE of a stream", requestFor("/live/cam.flv", "TRACE"), [405]],
    ["an unknown method", requestFor("/live/cam.flv", "FOO"), [400, 501]],
    ["a method in small letters", requestFor("/live/cam.flv", "get"), [400, 501]],
    ["CONNECT", `CONNECT example.org:443 HTTP/1.1\r\n${HOST}\r\n`, [405]],
    ["OPTIONS of a stream", requestFor("/live/cam.flv", "OPTIONS"), [204]],
    ["OPTIONS of all", requestFor("*", "OPTIONS"), [204]],
    ["OPTIONS of nothing", requestFor("/nothing", "OPTIONS"), [404]],
    ["HEAD of a stream", requestFor("/live/cam.flv", "HEAD"), [200]],
    ["HEAD of nothing", requestFor("/live/other.flv", "HEAD"), [404]],
    ["HEAD as nginx has it", requestFor("/flv?port=1&app=live&stream=cam", "HEAD"), [200]],
    ["another app", requestFor("/flv?port=1&app=vod&stream=cam"), [404]],
    ["no app", requestFor("/flv?stream=cam"), [404]],
    ["no stream", requestFor("/flv?app=live"), [400]],
    ["no query", requestFor("/flv"), [400]],
    ["an unknown stream as nginx has it", requestFor("/flv?app=live&stream=other"), [404]],
    ["a stream twice", requestFor("/flv?app=live&stream=cam&stream=cam"), [400]],
    ["an app twice", requestFor("/flv?app=live&app=x&stream=cam"), [400]],
    ["a NUL for a stream", requestFor("/flv?app=live&stream=%00"), [404]],
  ])("is answered, and the connection closed: %s", async (_what, request, statuses) => {
    const client = await served.request(Buffer.from(request, "latin1")).closed();
    expect(statuses).toContain(client.status);
    expect(client.head).not.toContain("Set-Cookie");
  });

  it.each(["HEAD", "OPTIONS"])("is answered without a body: %s", async (method) => {
    expect((await served.request(requestFor("/live/cam.flv", method)).closed()).body).toBe("");
  });

  it.each([
    ["without a Host", `GET / HTTP/1.1\r\n${CLOSE}\r\n`, "exactly one Host header is required\n"],
    [
      "without a version",
      `GET /\r\n${HOST}\r\n`,
      "the request line must end with a version, such as HTTP/1.1\n",
    ],
  ])("is told what is wrong with it: %s", async (_what, request, line) => {
    expect((await served.request(request).closed()).body).toBe(line);
  });

  it("says which methods there are", async () => {
    const refused = await served.request(requestFor("/live/cam.flv", "POST")).closed();
    expect(refused.header("Allow")).toBe("GET, HEAD, OPTIONS");
    const asked = await served.request(requestFor("/live/cam.flv", "OPTIONS")).closed();
    expect(asked.header("Allow")).toBe("GET, HEAD, OPTIONS");
  });

  it("may be an unknown name: it is told at once", async () => {
    const client = await served.get("/live/other.flv").until(({ text }) => text.endsWith("\n"));
    const beginMs = performance.now();
    client.socket.write("GET /live/other.flv HTTP/1.1\r\nHost: localhost\r\n\r\n");
    await client.until(({ text }) => text.split("stream not found").length === 3);
    expect(performance.now() - beginMs).toBeLessThan(1000); // milliseconds, on a machine with nothing else to do
  });

  it("may have a body: a little of it is read, and no more", async () => {
    const small = await served.request(`${requestFor("/x", "GET", "Content-Length: 5\r\n")}hello`).closed();
    expect(small.status).toBe(404);
    const head = Buffer.from(requestFor("/x", "POST", "Content-Length: 100000000\r\n"));
    const large = await served.request(Buffer.concat([head, Buffer.alloc(1_000_000)])).closed();
    expect([404, 0]).toContain(large.status); // a reset may overtake the response
  });

  it("may be a second request behind a body: it is not taken for a body's end", async () => {
    const inner = "GET /live/cam.flv HTTP/1.1\r\nHost: localhost\r\n\r\n";
    const post = `POST /x HTTP/1.1\r\n${HOST}Content-Length: ${inner.length}\r\n\r\n${inner}`;
    const client = await served.request(post).closed();
    expect(client.text.match(/HTTP\/1\.1 /g)).toHaveLength(1);
  });

  it("gets 200 for many pipelined stream requests on each of three connections, and one stream", async () => {
    const viewers = served.hub.viewerCount;
    const requests = "GET /live/cam.flv HTTP/1.1\r\nHost: localhost\r\n\r\n".repeat(200);
    const clients = [1, 2, 3].map(() => served.request(requests));
    await Promise.all(clients.map((client) => client.until(hasOpening)));
    expect(served.hub.viewerCount).toBe(viewers + 3);
    for (const client of clients) expect(client.text.match(/HTTP\/1\.1 /g)).toHaveLength(1);
    for (const client of clients) client.socket.destroy();
    await expect.poll(() => served.hub.viewerCount).toBe(viewers);
  });

  it("leaves a viewer alone who was there all the time", () => {
    expect(healthy.socket.closed).toBe(false);
    expect(served.hub.viewerCount).toBe(1);
  });
});
