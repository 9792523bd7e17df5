import { once } from "node:events";
import { readFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import { afterEach, expect, onTestFinished, test } from "vitest";
import { checkUrl } from "../../src/check/client.ts";
import type { CheckReport } from "../../src/check/report.ts";
import type { UserError } from "../../src/errors.ts";
import { collectGarbage } from "../collect-garbage.ts";
import { secretsIn, secretUrls } from "../devices/secret-urls.ts";
import { RawServer } from "./raw-server.ts";

const flv = readFileSync("test/fixtures/flv/clean.flv");
const HEAD =
  "HTTP/1.1 200 OK\r\nContent-Type: video/x-flv\r\nAccess-Control-Allow-Origin: *\r\n" +
  `Server: test/1\r\nContent-Length: ${flv.length}\r\n\r\n`;

const servers: RawServer[] = [];

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.stop()));
});

async function serve(...parameters: Parameters<typeof RawServer.start>): Promise<RawServer> {
  const server = await RawServer.start(...parameters);
  servers.push(server);
  return server;
}

function visit(url: URL, watchMs = 5000, answerTimeoutMs = 5000): Promise<CheckReport> {
  return checkUrl(url, { watchMs, answerTimeoutMs, signal: new AbortController().signal });
}

function idsOf({ findings }: CheckReport): readonly string[] {
  return findings.map(({ id }) => id);
}

function redirect(location: string, status = 302): string {
  return `HTTP/1.1 ${status} Found\r\nLocation: ${location}\r\nContent-Length: 0\r\n\r\n`;
}

test("a sound stream is clean, and told of", async () => {
  const server = await serve((socket) => socket.end(Buffer.concat([Buffer.from(HEAD), flv])));
  const report = await visit(server.url());
  expect(idsOf(report)).toEqual([]);
  expect(report).toMatchObject({
    target: server.url().href,
    verdict: "clean",
    http: {
      status: 200,
      contentType: "video/x-flv",
      server: "test/1",
      framing: "content-length",
      redirects: 0,
    },
    stream: { bytes: flv.length, video: { size: "96x64", frames: 50 }, audio: { sampleRateHz: 44_100 } },
  });
  expect(report.http?.firstFrameMs).toBeGreaterThanOrEqual(report.http?.headMs ?? Number.NaN);
});

test("the request is that of a player", async () => {
  const server = await serve((socket) => socket.end(Buffer.concat([Buffer.from(HEAD), flv])));
  await visit(server.url("/live/cam0.flv?app=live", "user:p%40ss@"));
  expect(server.requests[0]?.split("\r\n")).toEqual([
    "GET /live/cam0.flv?app=live HTTP/1.1",
    `Host: ${server.url().host}`,
    expect.stringMatching(/^User-Agent: flvcast\/\S+ \(check\)$/),
    "Accept: */*",
    "Accept-Encoding: identity",
    `Authorization: Basic ${Buffer.from("user:p@ss").toString("base64")}`,
    "Connection: close",
    "",
    "",
  ]);
});

test("redirects are followed, and noted", async () => {
  const server = await serve((socket, path) =>
    path === "/new.flv"
      ? socket.end(Buffer.concat([Buffer.from(HEAD), flv]))
      : socket.end(redirect("/new.flv")),
  );
  const report = await visit(server.url("/old.flv", "user:secret@"));
  expect(idsOf(report)).toEqual(["http-redirected"]);
  expect(report.http).toMatchObject({ redirects: 1, url: `http://…@${server.url().host}/…` });
  expect(server.requests[1]).toContain("Authorization: Basic");
});

test("user and password are not told to another server", async () => {
  const other = await serve((socket) => socket.end(Buffer.concat([Buffer.from(HEAD), flv])));
  const server = await serve((socket) => socket.end(redirect(other.url().href, 307)));
  await visit(server.url("/old.flv", "user:secret@"));
  expect(other.requests).toHaveLength(1);
  expect(other.requests[0]).not.toContain("Authorization");
});

test("five redirects are enough", async () => {
  const server = await serve((socket) => socket.end(redirect("/again")));
  expect(idsOf(await visit(server.url()))).toEqual(["http-redirect-loop", "http-redirected"]);
  expect(server.requests).toHaveLength(6);
});

test.each(["", "rtmp://127.0.0.1/live", "http://["])("a redirect to %j leads nowhere", async (location) => {
  const server = await serve((socket) => socket.end(redirect(location)));
  expect(idsOf(await visit(server.url()))).toContain("http-redirect-broken");
});

test("a certificate that nobody vouches for ends it: no password is sent", async () => {
  const server = await serve((socket) => socket.end(HEAD), "https");
  const report = await visit(server.url("/live/cam0.flv", "user:secret@"));
  expect(idsOf(report)).toEqual(["tls-untrusted"]);
  expect(report.findings[0]?.detail).toMatch(/SELF_SIGNED/i);
  expect(server.requests).toEqual([]);
});

test.each(secretUrls)("of $url no secret is in a report", async (one) => {
  const server = await serve((socket, path) =>
    path.startsWith("/first")
      ? socket.end(redirect(here(one.url, server)))
      : socket.end(`HTTP/1.1 403 ${path} is not for you\r\n${path}\r\nContent-Length: 0\r\n\r\n`),
  );
  for (const url of [here(one.url, server), server.url("/first").href]) {
    const outcome = await visit(new URL(url)).catch((error: UserError) => error.message);
    expect(secretsIn(JSON.stringify(outcome), one)).toEqual([]);
  }
});

/** The same URL of that server; where what stands before its `@` is no user, that is where it leads. */
function here(url: string, server: RawServer): string {
  const { host } = server.url();
  const moved = url.replace(/^\w+:\/\/(.*@)?(\[[^\]]*\]|[^/:?#]*)(:\d+)?/s, `http://$1${host}`);
  return URL.canParse(moved) ? moved : `http://${host}/`;
}

test("what a URL is known by is in the report", async () => {
  const server = await serve((socket) => socket.end(redirect("/live/again.flv")));
  const report = await visit(server.url("/live/cam0.flv?token=SECRET&stream=cam0", "SECRET@"));
  expect(report.target).toBe(`http://…@${server.url().host}/live/cam0.flv…`);
});

test("a server that is silent is not waited for, for ever", async () => {
  const server = await serve(() => undefined);
  expect(idsOf(await visit(server.url(), 5000, 50))).toEqual(["http-no-response"]);
});

test("a server that sends 100 Continue without end is left soon", async () => {
  const sending: NodeJS.Timeout[] = [];
  onTestFinished(() => sending.forEach(clearInterval));
  const some = "HTTP/1.1 100 Continue\r\n\r\n".repeat(10);
  const server = await serve((socket) => void sending.push(setInterval(() => socket.write(some), 1)));
  const report = await visit(server.url(), 5000, 60_000);
  expect(report.findings).toMatchObject([
    { id: "http-no-response", detail: "33 interim responses (1xx) and no final one" },
  ]);
});

test("a live stream is left when the time is up, and a signal ends the watching before", async () => {
  const server = await serve((socket) =>
    socket.write(Buffer.concat([Buffer.from(HEAD), flv.subarray(0, 20_000)])),
  );
  const report = await visit(server.url(), 100);
  expect(idsOf(report)).toEqual([]);
  expect(report.stream?.bytes).toBe(20_000);

  const over = new AbortController();
  const watching = checkUrl(server.url(), { watchMs: 600_000, signal: over.signal });
  setTimeout(() => over.abort(), 100);
  expect((await watching).verdict).toBe("clean");
});

test("the time is up also where garbage was collected in between", async () => {
  const server = await serve((socket) =>
    socket.write(Buffer.concat([Buffer.from(HEAD), flv.subarray(0, 20_000)])),
  );
  const collecting = setInterval(collectGarbage, 20);
  const report = await visit(server.url(), 300).finally(() => clearInterval(collecting));
  expect(report.stream?.bytes).toBe(20_000);
});

test("a server that resets the connection has ended the stream", async () => {
  const server = await serve((socket) => {
    socket.write(Buffer.concat([Buffer.from(HEAD), flv.subarray(0, 20_000)]));
    setTimeout(() => socket.resetAndDestroy(), 50);
  });
  expect(idsOf(await visit(server.url()))).toEqual(["http-content-length-short", "stream-truncated"]);
});

test("where nothing listens, nothing is judged", async () => {
  const gone = await RawServer.start(() => undefined);
  const url = gone.url();
  await gone.stop();
  await expect(visit(url)).rejects.toMatchObject({
    reason: "unreachable",
    exitCode: 4,
    message: `cannot connect to ${url.host}: connection refused; check that the server is running and the port is right`,
  });
});

test("HTTPS asked of a server of HTTP is said to be that", async () => {
  const server = await serve((socket) => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n"));
  const url = new URL(server.url().href.replace("http:", "https:"));
  await expect(visit(url)).rejects.toThrow(
    /cannot connect to \S+: the server does not use TLS on this port; try http:\/\//,
  );
});

test("a server of TLS that shares no cipher is not taken for one of HTTP", async () => {
  const credentials = {
    key: readFileSync("test/fixtures/tls/key.pem"),
    cert: readFileSync("test/fixtures/tls/cert.pem"),
  };
  const forRsaAlone = { maxVersion: "TLSv1.2", ciphers: "ECDHE-RSA-AES128-GCM-SHA256" } as const; // the key is another
  const server = createTlsServer({ ...credentials, ...forRsaAlone });
  server.on("tlsClientError", () => undefined);
  server.listen(0, "127.0.0.1");
  onTestFinished(() => void server.close());
  await once(server, "listening");
  const { port } = server.address() as AddressInfo; // TCP
  await expect(visit(new URL(`https://127.0.0.1:${port}/live/cam0.flv`))).rejects.toMatchObject({
    message: `cannot connect to 127.0.0.1:${port}: the server refused the TLS handshake (sslv3 alert handshake failure)`,
  });
});

test("a connection that is never opened is given up", async () => {
  const server = await serve(() => undefined);
  const url = new URL(server.url().href.replace("http:", "https:")); // a handshake that nobody answers
  await expect(visit(url, 1000, 200)).rejects.toMatchObject({
    reason: "unreachable",
    message: `cannot connect to ${url.host}: no response within 0.2 s`,
  });
});
