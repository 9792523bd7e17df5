import { copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { afterEach, expect, test, vi } from "vitest";
import { PublicServer, type PublicServerOptions } from "../../src/app/public-server.ts";
import { Publishing } from "../../src/app/publishing.ts";
import type { GivenSettings } from "../../src/settings/resolve.ts";
import { nextFreePort } from "../../src/system/free-port.ts";
import { TOKEN } from "../auth/requests.ts";
import { send, videoHub } from "../outputs/live/fakes.ts";
import { FakeStream } from "../server/fake-stream.ts";
import { RawClient } from "../server/raw-client.ts";
import { hasOpening, nameAt, OPENING } from "../server/served.ts";
import { freshStateFolder } from "../state-folder.ts";
import { piped, statusAt } from "./piped-stream.ts";

const made: PublicServer[] = [];
afterEach(async () => {
  vi.useRealTimers();
  await Promise.all(made.splice(0).map((server) => server.close()));
});

function publicServer(
  given: Partial<GivenSettings> = {},
  streams: PublicServerOptions["streams"] = () => [],
) {
  const settings = { ...piped(given).server, maxViewers: 10, tokenName: "server", hasPublishers: false };
  const surroundings = { env: { STATE_DIRECTORY: freshStateFolder() }, onNotice: () => undefined };
  const options = { ...surroundings, streams, publishing: new Publishing(surroundings) };
  const server = new PublicServer(settings, options);
  made.push(server);
  return server;
}

/** Where it is reached; it is open. */
function siteOf(server: PublicServer) {
  const { protocol, hostname, port } = new URL(server.urls("x")?.url ?? "");
  return { scheme: protocol.replace(":", ""), host: hostname, port: Number(port) };
}

/** A folder with a certificate and its key. */
function certificateFiles() {
  const folder = freshStateFolder();
  mkdirSync(folder, { recursive: true });
  for (const name of ["cert.pem", "key.pem"]) copyFileSync(`test/fixtures/tls/${name}`, join(folder, name));
  return { tlsCert: join(folder, "cert.pem"), tlsKey: join(folder, "key.pem") };
}

test("it listens once, whoever opens it, and says where", async () => {
  const server = publicServer();
  const [one, other] = await Promise.all([server.open(), server.open()]);
  expect(one).toBe(other);
  const site = siteOf(server);
  expect(site).toEqual({ scheme: "http", host: "127.0.0.1", port: expect.any(Number) });
  expect(one.access.token).toBeNull();
  expect(await statusAt(`http://127.0.0.1:${site.port}/healthz`)).toBe(200);
});

test("the streams that there are, are known from the start", async () => {
  const server = publicServer({}, () => [new FakeStream()]);
  await server.open();
  const site = siteOf(server);
  const at = (path: string) => statusAt(`http://127.0.0.1:${site.port}${path}`);
  expect(await at("/live/cam.flv")).toBe(503); // to come
  expect(await at("/live/door.flv")).toBe(404);
  expect(await at("/live/cam.jpg")).toBe(200);
});

test("nobody is let in without the token that is needed", async () => {
  const server = publicServer({ token: TOKEN });
  const { access } = await server.open();
  const site = siteOf(server);
  expect(access.token?.text).toBe(TOKEN);
  expect(await statusAt(`http://127.0.0.1:${site.port}/metrics`)).toBe(401);
  expect(await statusAt(`http://127.0.0.1:${site.port}/metrics?token=${TOKEN}`)).toBe(200);
});

test("what could not be had at first may be had later", async () => {
  const tokenFile = `${freshStateFolder()}-token`;
  const server = publicServer({ tokenFile });
  await expect(server.open()).rejects.toThrow(/cannot read --token-file /);
  writeFileSync(tokenFile, TOKEN, { mode: 0o600 });
  expect((await server.open()).access.token).toEqual({ text: TOKEN, path: tokenFile });
});

test("a certificate that cannot be used is told when the server is opened", async () => {
  const server = publicServer({ tlsCert: "/no/cert.pem", tlsKey: "/no/key.pem" });
  await expect(server.open()).rejects.toMatchObject({ reason: "usage" });
  await server.close();
});

/** A server that somebody watches, and settings like its own. */
async function watched(given: Partial<GivenSettings> = {}) {
  const server = publicServer(given);
  const { server: http } = await server.open();
  const hub = videoHub();
  http.serve(hub);
  send(hub, OPENING);
  const viewer = new RawClient(siteOf(server), "GET /live/cam.flv HTTP/1.1\r\nHost: localhost\r\n\r\n");
  await viewer.until(hasOpening);
  const settings = (others: Partial<GivenSettings>) => ({
    ...piped({ ...given, ...others }).server,
    ...{ maxViewers: 10, tokenName: "server", hasPublishers: false },
  });
  return { server, hub, viewer, settings, url: server.urls("cam")?.url ?? "" };
}

/** Still gets what is sent. */
async function goesOn({ hub, viewer }: Pick<Awaited<ReturnType<typeof watched>>, "hub" | "viewer">) {
  const before = viewer.text.length;
  send(hub, "key@2000");
  await viewer.until(() => viewer.text.length > before);
}

test("it moves to another port, and to HTTPS on the same one, while those inside stay", async () => {
  const files = certificateFiles();
  const { server, hub, viewer, settings, url } = await watched();
  const port = await nextFreePort("127.0.0.1", siteOf(server).port);
  expect(await server.reload(settings({ port }))).toEqual([]);
  expect([await statusAt(url), siteOf(server).port]).toEqual([null, port]);
  expect(await statusAt(server.urls("cam")?.url ?? "")).toBe(200);
  await goesOn({ hub, viewer });
  await server.reload(settings({ port, ...files }));
  expect(siteOf(server)).toEqual({ scheme: "https", host: "127.0.0.1", port });
  expect(await nameAt(port)).toBe("localhost");
  await goesOn({ hub, viewer });
  await server.reload(settings({ port }));
  expect(await statusAt(server.urls("cam")?.url ?? "")).toBe(200);
});

test("a port that is taken or a certificate that cannot be used leaves all as it was", async () => {
  const other = publicServer();
  await other.open();
  const { server, hub, viewer, settings, url } = await watched();
  const taken = server.reload(settings({ port: siteOf(other).port, token: TOKEN }));
  await expect(taken).rejects.toMatchObject({ reason: "portInUse" });
  const files = { tlsCert: "/no/cert.pem", tlsKey: "/no/key.pem" };
  await expect(server.reload(settings(files))).rejects.toMatchObject({ reason: "usage" });
  expect([await statusAt(url), server.tokenOf("cam")]).toEqual([200, null]);
  await goesOn({ hub, viewer });
});

test("another token is asked for from the reload on, also of a stream with one of its own", async () => {
  const { server, hub, viewer, settings, url } = await watched();
  await server.setStreamAccess("cam", { auth: "token", token: `${TOKEN}-cam`, tokenFile: null });
  await server.reload(settings({ token: TOKEN }));
  expect([await statusAt(url), await statusAt(`${url}?token=${TOKEN}`)]).toEqual([401, 200]);
  expect([await statusAt(`${url}?token=${TOKEN}-cam`), server.tokenOf("x")?.text]).toEqual([200, TOKEN]);
  await goesOn({ hub, viewer });
});

test("what a server is made with stays as it was, which is told", async () => {
  const { server, settings } = await watched();
  const www = freshStateFolder();
  expect(await server.reload({ ...settings({}), www, maxViewers: 3 })).toEqual(["www", "maxViewers"]);
});

test("viewers have three seconds for the end of their stream, and are cut off then", async () => {
  const server = publicServer();
  const { server: http } = await server.open();
  const site = siteOf(server);
  const hub = videoHub();
  http.serve(hub);
  send(hub, OPENING);
  const viewer = new RawClient(site, "GET /live/cam.flv HTTP/1.1\r\nHost: localhost\r\n\r\n");
  await viewer.until(hasOpening);
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  const closing = server.close();
  expect(server.close()).toBe(closing);
  let isClosed = false;
  void closing.then(() => (isClosed = true));
  while (vi.getTimerCount() === 0) await setImmediate();
  vi.advanceTimersByTime(2999);
  expect([vi.getTimerCount(), isClosed]).toEqual([1, false]);
  vi.advanceTimersByTime(1);
  await viewer.closed();
  await closing;
});

test("a server that is closed while it is being opened listens no more", async () => {
  const server = publicServer();
  const opening = server.open();
  await server.close();
  await opening;
  const site = siteOf(server);
  expect(await statusAt(`http://127.0.0.1:${site.port}/healthz`)).toBeNull();
});

test("once it is closed, it no longer looks at its certificate", async () => {
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
  const server = publicServer(certificateFiles());
  await server.open();
  expect(siteOf(server).scheme).toBe("https");
  expect(vi.getTimerCount()).toBe(1);
  await server.close();
  expect(vi.getTimerCount()).toBe(0);
});
