import { once } from "node:events";
import { afterEach, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import type { Standby } from "../../../src/stream.ts";
import { send } from "../../outputs/live/fakes.ts";
import { FakeStream } from "../fake-stream.ts";
import { hasOpening, OPENING, Served, ways } from "../served.ts";

const upgrade =
  "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n";

/** A stream that waits to be wanted, and starts when a test says so. */
class FakeStandby implements Standby {
  keyWaitMs = 60_000;
  maxWaiting = 2;
  failure: Standby["failure"] = null;
  reason: string | null = null;
  readonly #served: Served;

  constructor(served: Served) {
    this.#served = served;
  }

  get waiting(): number {
    return this.#served.hub.keyWaiters.count;
  }

  get isFull(): boolean {
    return this.waiting + this.#served.hub.viewerCount >= this.maxWaiting;
  }

  hold(onOver: () => void): () => void {
    return this.#served.hub.hold(onOver);
  }

  fail(failure: NonNullable<Standby["failure"]>): void {
    this.failure = failure;
    this.#served.hub.keyWaiters.wake();
  }
}

describe.each(ways)("an idle stream that runs on demand, over $way", ({ isTls }) => {
  let served: Served;
  afterEach(() => served.stop());

  const begin = async (of: { maxViewersPerAddress?: number } = {}) => {
    served = await Served.start(isTls, { limits: of }, { isReady: false });
    const stream = new FakeStream();
    const standby = new FakeStandby(served);
    stream.standby = standby;
    served.server.setStreams(() => [stream]);
    const areWaiting = (count: number) => expect.poll(() => standby.waiting, { timeout: 5000 }).toBe(count);
    return { stream, standby, areWaiting };
  };

  it("holds those who come, and gives them the first key frame", async () => {
    const { areWaiting } = await begin();
    const clients = [served.get("/live/cam.flv"), served.get("/flv?app=live&stream=cam")];
    await areWaiting(2);
    expect(clients.map(({ text }) => text)).toEqual(["", ""]);
    send(served.hub, OPENING);
    for (const client of clients) {
      await client.until(hasOpening);
      expect([client.status, client.chunks[0]?.slice(0, 3)]).toEqual([200, "FLV"]);
    }
    expect(served.hub.viewerCount).toBe(2);
  });

  it("holds a WebSocket before its handshake", async () => {
    const { areWaiting } = await begin();
    const socket = new WebSocket(`${isTls ? "wss" : "ws"}://127.0.0.1:${served.port}/live/cam.flv`, {
      rejectUnauthorized: false,
    });
    await areWaiting(1);
    expect(socket.readyState).toBe(WebSocket.CONNECTING);
    const first = once(socket, "message");
    send(served.hub, OPENING);
    expect((await first)[0].toString("latin1", 0, 3)).toBe("FLV");
    socket.terminate();
  });

  it("forgets those who leave before it has started", async () => {
    const { areWaiting } = await begin({ maxViewersPerAddress: 2 });
    const clients = [served.get("/live/cam.flv"), served.get("/live/cam.flv", upgrade)];
    await areWaiting(2);
    for (const { socket } of clients) socket.end();
    await areWaiting(0);
    const later = served.get("/live/cam.flv");
    await areWaiting(1);
    expect(later.text).toBe("");
  });

  it("counts those who wait among its viewers, and those of their address", async () => {
    const { standby, areWaiting } = await begin({ maxViewersPerAddress: 3 });
    for (let count = 0; count < 2; count++) served.get("/live/cam.flv");
    await areWaiting(2);
    const full = await served.get("/live/cam.flv").until(({ status }) => status > 0);
    expect([full.status, full.body]).toEqual([
      503,
      '"cam" has reached its viewer limit; try again in a second\n',
    ]);
    standby.maxWaiting = 10;
    served.get("/live/cam.flv");
    await areWaiting(3);
    const crowded = await served.get("/live/cam.flv").until(({ status }) => status > 0);
    expect(crowded.status).toBe(429);
  });

  it.each([
    ["HTTP", ""],
    ["WebSocket", upgrade],
  ])(
    "says over %s why it could not start, to those who wait and to those who come in its pause",
    async (_, headers) => {
      const { standby, areWaiting } = await begin();
      const held = served.get("/live/cam.flv", headers);
      await areWaiting(1);
      standby.fail({ reason: "deviceAbsent", retryMs: 3400 });
      for (const client of [held, served.get("/live/cam.flv", headers)]) {
        await client.until(({ body }) => body.endsWith("\n"));
        expect([client.status, client.header("Retry-After"), client.body]).toEqual([
          503,
          "4",
          '"cam" cannot start: its device is not connected; try again in 4 seconds\n',
        ]);
      }
      expect(standby.waiting).toBe(0);
    },
  );

  it.each([
    [null, '"cam" is starting, and has sent no key frame for 0.03 s; try again in a second\n'],
    ["deviceBusy", '"cam" cannot start: another program is using its device; try again in a second\n'],
  ])("is waited for no longer than --key-wait, where the reason is %s", async (reason, body) => {
    const { standby } = await begin();
    Object.assign(standby, { keyWaitMs: 30, reason });
    const client = await served.get("/live/cam.flv").closed();
    expect([client.status, client.body, standby.waiting]).toEqual([503, body, 0]);
  });

  it("is not started by HEAD, the API or the metrics, which find nothing wrong", async () => {
    const { stream, standby } = await begin();
    let stills = 0;
    stream.still = async () => {
      stills += 1;
      return { kind: "not-yet" };
    };
    const heads = ["/live/cam.flv", "/live/cam.jpg"].map((path) => `HEAD ${path}`);
    const gets = [
      "/api/v1/streams",
      "/api/v1/streams/cam",
      "/metrics",
      "/readyz",
      "/healthz",
      "/",
      "/watch/cam",
    ];
    for (const line of [...heads, ...gets.map((path) => `GET ${path}`)]) {
      const client = served.request(`${line} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
      await client.until(({ status }) => status > 0);
      expect([line, client.status]).toEqual([line, 200]);
    }
    expect([standby.waiting, stills]).toEqual([0, 0]);
    await served.get("/live/cam.jpg").until(({ status }) => status > 0);
    expect(stills).toBe(1);
  });
});
