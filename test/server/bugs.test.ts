import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Gate } from "../../src/auth/request.ts";
import { send } from "../outputs/live/fakes.ts";
import { FakeStream } from "./fake-stream.ts";
import { openGate } from "./open-gate.ts";
import type { RawClient } from "./raw-client.ts";
import { hasOpening, Served, ways } from "./served.ts";

const bug = new Error("a bug");

/** Judges all but one path. */
const gate: Gate = {
  judge: (request, need) => {
    if (request.query === "throw") throw bug;
    return openGate.judge(request, need);
  },
};

const UPGRADE =
  "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";

describe.each(ways)("a bug over $way", ({ isTls }) => {
  let served: Served;
  let healthy: RawClient;
  let told: [error: Error, request: string][];

  beforeEach(async () => {
    told = [];
    served = await Served.start(isTls, { gate, onError: (...all) => told.push(all) });
    const stream = new FakeStream();
    stream.picture = bug;
    served.server.setStreams(() => [stream]);
    healthy = await served.get("/live/cam.flv").until(hasOpening);
  });

  afterEach(async () => {
    const { length } = healthy.chunks;
    send(served.hub, "delta@40");
    await healthy.until(({ chunks }) => chunks.length > length); // whatever happened
    await served.stop();
  });

  it.each([
    ["at once, over HTTP/1.1", "/x?throw", "", "1.1", "GET /x"],
    ["at once, over HTTP/1.0", "/x?throw", "", "1.0", "GET /x"],
    ["at once, for a WebSocket", "/live/cam.flv?throw", UPGRADE, "1.1", "GET /live/cam.flv"],
    ["later, over HTTP/1.1", "/live/cam.jpg?token=x", "", "1.1", "GET /live/cam.jpg"],
    ["later, over HTTP/1.0", "/live/cam.jpg", "", "1.0", "GET /live/cam.jpg"],
    ["later, for a WebSocket", "/live/cam.jpg", UPGRADE, "1.1", "GET /live/cam.jpg"],
  ])("costs its request 500, and is told: %s", async (_when, path, headers, version, request) => {
    const client = await served.get(path, headers, version).until(({ text }) => text.endsWith("flvcast\n"));
    expect([client.status, client.body]).toEqual([500, "internal error: this is a bug in flvcast\n"]);
    expect(told).toEqual([[bug, request]]);
  });

  it("in an answer's headers leaves none of them in the 500", async () => {
    const stream = new FakeStream();
    stream.still = async () => ({ kind: "jpeg", bytes: Buffer.alloc(3), takenMs: 7 });
    stream.status = () => ({ ...stream.current, name: "cam" });
    served.server.setStreams(() => [stream]);
    served.server.setGate({
      judge: () => ({
        kind: "admitted",
        address: "",
        headers: { "Cache-Control": "max-age=9", "X-Odd": "\n" },
      }),
    });
    const client = await served.get("/live/cam.jpg").until(({ text }) => text.endsWith("flvcast\n"));
    expect([client.status, client.header("content-type"), client.header("cache-control")]).toEqual([
      500,
      "text/plain; charset=utf-8",
      "no-store",
    ]);
    expect(told).toMatchObject([[{ code: "ERR_INVALID_CHAR" }, "GET /live/cam.jpg"]]);
  });

  it.each([
    ["HTTP/1.1", "", "1.1", 200],
    ["HTTP/1.0", "", "1.0", 200],
    ["WebSocket", UPGRADE, "1.1", 101],
  ])("behind the answer's head ends the connection: %s", async (_name, headers, version, status) => {
    served.hub.join = () => {
      throw bug;
    };
    const client = await served.get("/live/cam.flv", headers, version).closed();
    expect([client.status, client.body]).toEqual([status, ""]);
    expect(told).toEqual([[bug, "GET /live/cam.flv"]]);
  });
});

it("a bug that nobody asks to be told of is a warning of the process, with its stack", async () => {
  const served = await Served.start(false, { gate });
  const warned = new Promise<Error>((resolve) => process.once("warning", resolve));
  expect((await served.get("/x?throw").until(({ text }) => text.endsWith("flvcast\n"))).status).toBe(500);
  expect((await warned).message).toContain("bugs.test.ts");
  await served.stop();
});
