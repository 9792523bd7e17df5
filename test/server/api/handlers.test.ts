import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { AuthGate } from "../../../src/auth/gate.ts";
import { configJsonSchema } from "../../../src/config/schema.ts";
import { operations } from "../../../src/server/api/operations.ts";
import { streamDetailSchema, streamsSchema, viewersSchema } from "../../../src/server/api/schemas.ts";
import { someStatus } from "../../control/some-status.ts";
import { FakeStream } from "../fake-stream.ts";
import { hasOpening, Served } from "../served.ts";

const TOKEN = "right-token-0123456789ab";
const rules = { token: null, allowedOrigins: [], ourNames: [], trustedProxies: [] } as const;
const json = { "content-type": "application/json", "cache-control": "no-store" };

let served: Served;
let stream: FakeStream;

beforeAll(async () => {
  served = await Served.start(false, { gate: new AuthGate(rules) });
});
beforeEach(() => {
  stream = new FakeStream();
  served.server.setStreams(() => [stream]);
});
afterAll(() => served.stop());

async function ask(path: string, init: RequestInit = {}, { port } = served) {
  const response = await fetch(`http://127.0.0.1:${port}${path}`, init);
  const text = await response.text();
  return { status: response.status, headers: Object.fromEntries(response.headers), text };
}

const ask308 = (path: string, init: RequestInit = {}, at = served) =>
  ask(path, { ...init, redirect: "manual" }, at);

describe("what is told", () => {
  it("of the streams is what a viewer may know, and the server's clock", async () => {
    const askedMs = Date.now();
    const { status, headers, text } = await ask("/api/v1/streams");
    expect([status, headers]).toEqual([200, expect.objectContaining(json)]);
    const told = JSON.parse(text);
    expect(streamsSchema.parse(told)).toEqual(told);
    expect(told.nowMs).toBeGreaterThanOrEqual(askedMs);
    expect(told.nowMs).toBeLessThanOrEqual(Date.now());
    const { state, sinceMs, url, pageUrl, size, fps, bitrateKbps, codecs, viewers } = someStatus;
    const { reason, isReachable, isOnDemand } = someStatus;
    expect(told.streams).toEqual([
      {
        ...{ name: "cam", encoder: "h264_vaapi", isOnDemand },
        ...{ state, sinceMs, url, pageUrl, size, fps, bitrateKbps, codecs, viewers, reason, isReachable },
      },
    ]);
  });

  it("of configuration files is their schema, as the command prints it", async () => {
    const { status, headers, text } = await ask("/api/v1/config.schema.json");
    expect([status, headers]).toEqual([200, expect.objectContaining(json)]);
    expect(text).toBe(configJsonSchema());
  });

  it("of one stream is more, and of none that is not there", async () => {
    const told = JSON.parse((await ask("/api/v1/streams/cam")).text);
    expect(streamDetailSchema.parse(told)).toEqual(told);
    const [camera] = someStatus.inputs;
    expect(told.inputs[0]).toEqual({
      ...{ name: "cam0", state: "running", restarts: camera?.restarts, stalls: camera?.stalls },
      ...{
        reason: null,
        retryAtMs: null,
        silentTracks: [],
        maxSilenceMs: 5000,
        lastFrameMs: camera?.lastFrameMs,
      },
    });
    for (const key of ["device", "lastError", "urls"]) expect(told).not.toHaveProperty(key); // they may have addresses in them
    expect(await ask("/api/v1/streams/other")).toMatchObject({
      status: 404,
      text: "stream not found\n",
    });
  });

  it("before anything is known, is said to be so", async () => {
    const { encoder: _, ...rest } = someStatus;
    stream.current = {
      ...{ ...rest, encoder: null, url: null, size: null, fps: null, bitrateKbps: null },
      ...{ codecs: [], inputs: [], reason: null, state: "waiting", name: "cam" },
    };
    const told = JSON.parse((await ask("/api/v1/streams/cam")).text);
    expect(streamDetailSchema.parse(told)).toEqual(told);
  });

  it("to HEAD is the head alone", async () => {
    expect(await ask("/api/v1/streams", { method: "HEAD" })).toMatchObject({
      ...{ status: 200, text: "", headers: json },
    });
  });
});

describe("viewers", () => {
  it("are listed with where they are in the stream, and are sent away in order", async () => {
    const [one, two] = [served.get("/live/cam.flv"), served.get("/live/cam.flv", "", "1.0")];
    await Promise.all([one.until(hasOpening), two.until(({ body }) => body.length > 100)]);
    const told = JSON.parse((await ask("/api/v1/viewers")).text);
    expect(viewersSchema.parse(told)).toEqual(told);
    expect(told.viewers).toEqual([
      expect.objectContaining({ stream: "cam", address: "127.0.0.1", transport: "http/1.1", skipped: 0 }),
      expect.objectContaining({ transport: "http/1.0", lagMs: 0, isWaiting: false }),
    ]);
    const [{ id }, { id: otherId }] = told.viewers;
    const removed = await ask(`/api/v1/viewers/${id}`, { method: "DELETE" });
    expect([removed.status, removed.text]).toEqual([204, ""]);
    expect((await one.closed()).body.endsWith("0\r\n\r\n")).toBe(true);
    expect([served.hub.viewerCount, served.hub.totals.removals, two.socket.closed]).toEqual([1, 1, false]);
    expect((await ask(`/api/v1/viewers/${id}`, { method: "DELETE" })).status).toBe(404);
    expect((await ask(`/api/v1/viewers/${otherId}`, { method: "DELETE" })).status).toBe(204);
    await two.closed();
  });

  it.each(["0", "1e3", "__proto__", "%31"])("called %s are none", async (id) => {
    expect((await ask(`/api/v1/viewers/${id}`, { method: "DELETE" })).status).toBe(404);
  });
});

describe("a restart", () => {
  it("begins, and tells how the stream is", async () => {
    const { status, text } = await ask("/api/v1/streams/cam/restart", { method: "POST" });
    expect([status, stream.calls]).toEqual([202, ["restart"]]);
    expect(streamDetailSchema.parse(JSON.parse(text)).name).toBe("cam");
  });

  it("is refused before the stream is on the air, and where there is none", async () => {
    stream.current = { ...stream.current, state: "starting" };
    expect(await ask("/api/v1/streams/cam/restart", { method: "POST" })).toMatchObject({
      status: 409,
      text: '"cam" is starting, so there is nothing to restart\n',
    });
    expect((await ask("/api/v1/streams/no/restart", { method: "POST" })).status).toBe(404);
    expect(stream.calls).toEqual([]);
  });
});

describe("a page of another site", () => {
  it.each([
    ["its origin", { origin: "https://evil.example" }],
    ["no origin that it would name", { origin: "null" }],
    ["a browser's word for it", { "sec-fetch-site": "cross-site" }],
    ["a form", { "content-type": "application/x-www-form-urlencoded" }],
    ["a form with text", { "content-type": "text/plain;charset=UTF-8" }],
  ])("with %s changes nothing", async (_what, headers) => {
    const { port } = served;
    const request = `POST /api/v1/streams/cam/restart HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nConnection: close\r\n`;
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
    const client = await served.request(`${request}${lines.join("")}Content-Length: 0\r\n\r\n`).closed();
    expect([403, 415]).toContain(client.status);
    expect(stream.calls).toEqual([]);
  });
});

it("a client whose Content-Type is no form's may change something, whatever else it names", async () => {
  const headers = { "content-type": "application/json; of=text/plain" };
  expect((await ask("/api/v1/streams/cam/restart", { method: "POST", headers })).status).toBe(202);
});

describe("where a token is needed", () => {
  let guarded: Served;
  beforeAll(async () => {
    guarded = await Served.start(false, { gate: new AuthGate({ ...rules, token: TOKEN }) });
    guarded.server.setStreams(() => [stream]);
  });
  afterAll(() => guarded.stop());

  const table = Object.entries(operations).map(([id, operation]) => [id, operation] as const);

  it.each(table)(
    "%s is allowed by it in a header, and by a link only what is read",
    async (_id, operation) => {
      const { method, need } = operation;
      const path = operation.path.replace("{name}", "cam").replace("{id}", "1");
      const allowed = await ask(path, { method, headers: { authorization: `Bearer ${TOKEN}` } }, guarded);
      expect([200, 202, 404]).toContain(allowed.status);
      expect((await ask(path, { method }, guarded)).status === 401).toBe(need !== "public");
      const linked = await ask(`${path}?token=${TOKEN}`, { method }, guarded);
      expect(linked.status === 401).toBe(need === "change");
    },
  );
});

describe("a method that there is not", () => {
  it.each([
    ["PUT", "/api/v1/streams", "GET, HEAD, OPTIONS"],
    ["GET", "/api/v1/streams/cam/restart", "POST, OPTIONS"],
    ["GET", "/api/v1/viewers/1", "DELETE, OPTIONS"],
  ])("%s of %s is told which there are", async (method, path, allow) => {
    expect(await ask(path, { method })).toMatchObject({ status: 405, headers: { allow } });
    expect(await ask(path, { method: "OPTIONS" })).toMatchObject({ status: 204, headers: { allow } });
  });
});

describe("a path of before the streams were called so", () => {
  it.each([
    ["GET", "/api/v1/channels", "streams"],
    ["HEAD", "/api/v1/channels?x=1", "streams?x=1"],
    ["GET", "/api/v1/channels/cam?token=a%20b", "../streams/cam?token=a%20b"],
    ["GET", "/api/v1/channels/c%61m", "../streams/c%61m"],
    ["POST", "/api/v1/channels/cam/restart", "../../streams/cam/restart"],
  ])("%s of %s is led to %s", async (method, path, location) => {
    const { status, headers } = await ask308(path, { method });
    expect([status, headers["location"], headers["cache-control"]]).toEqual([308, location, "no-store"]);
    expect(stream.calls).toEqual([]);
    const old = new URL(path, "http://proxy.example/prefix/");
    const under = new URL(`/prefix${old.pathname}${old.search}`, old);
    expect(new URL(location, under).href).toBe(under.href.replace("/channels", "/streams"));
  });

  it("is followed to what it was", async () => {
    expect(JSON.parse((await ask("/api/v1/channels/cam")).text).name).toBe("cam");
    expect((await ask("/api/v1/channels/cam/restart", { method: "POST" })).status).toBe(202);
    expect(stream.calls).toEqual(["restart"]);
  });

  it("is guarded and has the methods of the new one", async () => {
    const guarded = await Served.start(false, { gate: new AuthGate({ ...rules, token: TOKEN }) });
    const link = `?token=${TOKEN}`;
    const post = { method: "POST" };
    expect((await ask308("/api/v1/channels", {}, guarded)).status).toBe(401);
    expect((await ask308(`/api/v1/channels${link}`, {}, guarded)).status).toBe(308);
    expect((await ask308(`/api/v1/channels/cam/restart${link}`, post, guarded)).status).toBe(401);
    await guarded.stop();
    expect(await ask308("/api/v1/channels", { method: "PUT" })).toMatchObject({
      ...{ status: 405, headers: { allow: "GET, HEAD, OPTIONS" } },
    });
    expect((await ask308("/api/v1/channels/cam", { method: "OPTIONS" })).status).toBe(204);
    expect((await ask308("/api/v1/channels/cam/viewers")).status).toBe(404);
  });
});

it("a path below the API that is none is nothing", async () => {
  for (const path of ["/api", "/api/v1", "/api/v1/", "/api/v1/streams/", "/api/v2/streams"])
    expect((await ask(path)).status).toBe(404);
});
