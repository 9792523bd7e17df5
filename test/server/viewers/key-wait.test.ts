import { once } from "node:events";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { send } from "../../outputs/live/fakes.ts";
import { hasOpening, Served, ways } from "../served.ts";

/** A GOP that has outgrown its limit: there is nothing to begin with. */
const OUTGROWN = "delta@1000 delta@95000";
const limits = { maxGroupMs: 500, keyWaitMs: 60_000, maxViewers: 2 };
const upgrade =
  "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n";

describe.each(ways)("a newcomer over $way to a stream without a key frame to begin with", ({ isTls }) => {
  let served: Served;

  const begin = async (more: { keyWaitMs?: number } = {}) => {
    served = await Served.start(isTls, { limits: { maxViewersPerAddress: 2 } }, { ...limits, ...more });
    send(served.hub, OUTGROWN);
  };
  /** It waits as soon as there is no room for one more: places are held for those who wait. */
  const areWaiting = (count: number) =>
    expect.poll(() => served.hub.keyWaiters.count, { timeout: 5000 }).toBe(count);

  afterEach(() => served.stop());

  describe("who comes in time", () => {
    beforeEach(() => begin());

    it("gets no head before there is a key frame, and begins with that", async () => {
      const client = served.get("/live/cam.flv");
      await areWaiting(1);
      send(served.hub, "delta@95040 audio@95000");
      expect(client.text).toBe("");
      send(served.hub, "key@96000");
      await client.until(hasOpening);
      expect([client.status, served.hub.viewerCount, served.hub.keyWaiters.count]).toEqual([200, 1, 0]);
      expect(client.chunks[0]).toContain("FLV");
    });

    it("gets no WebSocket before, either", async () => {
      const socket = new WebSocket(`${isTls ? "wss" : "ws"}://127.0.0.1:${served.port}/live/cam.flv`, {
        rejectUnauthorized: false,
      });
      await areWaiting(1);
      expect(socket.readyState).toBe(WebSocket.CONNECTING);
      const first = once(socket, "message");
      send(served.hub, "key@96000");
      expect((await first)[0].toString("latin1", 0, 3)).toBe("FLV");
      socket.terminate();
    });

    it("is told at once when the stream ends", async () => {
      const clients = [served.get("/live/cam.flv"), served.get("/live/cam.flv", upgrade)];
      await areWaiting(2);
      served.hub.end();
      for (const client of clients) {
        await client.closed();
        expect([client.status, client.body]).toEqual([503, '"cam" has ended; try again in a second\n']);
      }
    });

    it("waits on where the stream's time begins again, and begins with the new time", async () => {
      const client = served.get("/live/cam.flv");
      await areWaiting(1);
      served.hub.startEpoch();
      send(served.hub, "key@0");
      await client.until(hasOpening);
      expect(client.status).toBe(200);
    });

    it("counts as a viewer while it waits, of the stream and of its address", async () => {
      served.get("/live/cam.flv");
      const leaving = served.get("/live/cam.flv");
      await areWaiting(2);
      const third = await served.get("/live/cam.flv").until(({ status }) => status > 0);
      expect([third.status, third.body]).toEqual([
        503,
        '"cam" has reached its viewer limit; try again in a second\n',
      ]);
      leaving.socket.destroy();
      await areWaiting(1);
    });

    it("is forgotten when it leaves, before the handshake as well", async () => {
      const clients = [served.get("/live/cam.flv"), served.get("/live/cam.flv", upgrade)];
      await areWaiting(2);
      for (const { socket } of clients) socket.end();
      await areWaiting(0);
      const later = ["", upgrade].map((headers) => served.get("/live/cam.flv", headers));
      await areWaiting(2); // neither holds its place at its address any more
      expect(later.map(({ text }) => text)).toEqual(["", ""]);
    });

    it("does not wait when it asks for the head alone", async () => {
      const client = await served
        .request("HEAD /live/cam.flv HTTP/1.1\r\nHost: localhost\r\n\r\n")
        .until(({ status }) => status > 0);
      expect([client.status, client.header("Retry-After")]).toEqual([503, "1"]);
    });
  });

  it.each([
    ["HTTP", ""],
    ["WebSocket", upgrade],
  ])("is told why over %s after --key-wait, and its connection ends", async (_, headers) => {
    await begin({ keyWaitMs: 30 });
    const client = await served.get("/live/cam.flv", headers).closed();
    expect([client.status, client.header("Retry-After"), client.body]).toEqual([
      503,
      "1",
      '"cam" has sent no key frame for 95 s, and players can only start at one; try again in a second\n',
    ]);
    expect([served.hub.keyWaiters.count, served.hub.viewerCount]).toEqual([0, 0]);
  });
});
