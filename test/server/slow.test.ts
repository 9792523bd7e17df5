import { once } from "node:events";
import { connect } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { RawClient } from "./raw-client.ts";
import { hasOpening, Served, ways } from "./served.ts";

const limits = { headTimeoutMs: 300, idleTimeoutMs: 3000 };

describe.each(ways)("who keeps a server waiting over $way", ({ isTls }) => {
  let served: Served;
  let healthy: RawClient;

  beforeAll(async () => {
    served = await Served.start(isTls, { limits });
    healthy = await served.get("/live/cam.flv").until(hasOpening);
  });

  afterAll(() => served.stop());

  it.each([
    ["nothing", ""],
    ["half a request line", "GET /live/c"],
    ["half a header", "GET /live/cam.flv HTTP/1.1\r\nHost: loc"],
    ["all but the last line", "GET /live/cam.flv HTTP/1.1\r\nHost: localhost\r\n"],
  ])("is told so and cut off: with %s", async (_what, text) => {
    const client = await served.request(text).closed();
    expect(client.status).toBe(408);
  });

  it("is cut off, a byte at a time", async () => {
    const client = served.request("GET /live/cam.flv HTTP/1.1\r\nHost: localhost\r\n");
    const dripping = setInterval(() => client.socket.write("X"), 20);
    await client.closed();
    clearInterval(dripping);
    expect(client.status).toBe(408);
  });

  it("is cut off behind a request that was answered", async () => {
    const client = await served.get("/nothing").until(({ status }) => status === 404);
    client.socket.write("GET /live/c");
    await client.closed();
    expect(client.text).toContain("HTTP/1.1 408");
  });

  it("is cut off with a body that does not come", async () => {
    const head = "POST /nothing HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\n";
    const client = await served.request(head).closed();
    expect(client.status).toBe(404);
  });

  it("is cut off where bytes come that begin no TLS, or none at all", async () => {
    for (const bytes of ["", "\x16\x03\x01", "GET / HT"]) {
      const socket = connect(served.port, "127.0.0.1", () => socket.write(bytes, "latin1"));
      socket.on("error", () => undefined).resume();
      await once(socket, "close");
      expect(socket.closed).toBe(true);
    }
  });

  it("leaves a viewer alone who was there all the time", () => {
    expect(healthy.socket.closed).toBe(false);
    expect(served.hub.viewerCount).toBe(1);
  });
});
