import { connect, Socket } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { IdleConnections, peerOf } from "../../../src/server/http/idle-connections.ts";
import { defaultServerLimits } from "../../../src/server/http/limits.ts";
import { AddressLimit } from "../../../src/server/viewers/address-limit.ts";
import { hasOpening, Served } from "../served.ts";

const started: Served[] = [];

afterEach(async () => {
  for (const served of started.splice(0)) await served.stop();
});

async function start(...given: Parameters<typeof Served.start>): Promise<Served> {
  const served = await Served.start(...given);
  started.push(served);
  return served;
}

describe("the number of viewers", () => {
  it("has a limit, 503, which those who leave make room in", async () => {
    const served = await start(false, {}, { maxViewers: 1 });
    const first = await served.get("/live/cam.flv").until(hasOpening);
    const second = await served.get("/live/cam.flv", "Connection: close\r\n").closed();
    expect([second.status, second.header("Retry-After")]).toEqual([503, "1"]);
    expect(second.body).toBe("cam has as many viewers as it may: try again in a second\n");
    first.socket.destroy();
    await expect.poll(() => served.hub.viewerCount).toBe(0);
    await served.get("/live/cam.flv").until(hasOpening);
  });

  it("has a limit for each address, 429", async () => {
    const served = await start(false, { limits: { maxViewersPerAddress: 1 } });
    const first = await served.get("/live/cam.flv").until(hasOpening);
    const second = await served.get("/live/cam.flv", "Connection: close\r\n").closed();
    expect([second.status, second.header("Retry-After")]).toEqual([429, "1"]);
    first.socket.destroy();
    await expect.poll(() => served.hub.viewerCount).toBe(0);
    await served.get("/live/cam.flv").until(hasOpening);
  });

  it("is counted by IPv6 networks of 64 bits", () => {
    const addressLimit = new AddressLimit(2);
    addressLimit.take("2001:db8::1");
    addressLimit.take("2001:db8::2");
    expect(addressLimit.hasRoom("2001:db8::3")).toBe(false);
    expect(addressLimit.hasRoom("2001:db8:0:1::3")).toBe(true);
    addressLimit.leave("2001:db8::1");
    expect(addressLimit.hasRoom("2001:db8::3")).toBe(true);
  });
});

/** A connection from an address, which is none. */
class FakeSocket extends Socket {
  override readonly remoteAddress: string;
  override readonly remotePort: number;

  constructor(remoteAddress: string, remotePort: number) {
    super();
    this.remoteAddress = remoteAddress;
    this.remotePort = remotePort;
  }
}

describe("connections without a stream", () => {
  let nowMs = 0;
  let port = 1;
  const lobbyOf = (limits: { maxIdle?: number; maxIdlePerNetwork?: number }) =>
    new IdleConnections({ ...defaultServerLimits, ...limits }, () => nowMs);
  const enter = (idle: IdleConnections, address: string): FakeSocket => {
    const socket = new FakeSocket(address, port++);
    idle.enter(socket);
    return socket;
  };

  it("are bounded: the oldest goes", () => {
    const idle = lobbyOf({ maxIdle: 2 });
    const sockets = ["192.0.2.1", "192.0.2.2"].map((address) => enter(idle, address));
    nowMs += 2000;
    enter(idle, "192.0.2.3");
    expect(sockets.map(({ destroyed }) => destroyed)).toEqual([true, false]);
  });

  it("are bounded for each network: others are left alone", () => {
    const idle = lobbyOf({ maxIdlePerNetwork: 1 });
    const [first, other] = ["192.0.2.1", "192.0.2.2"].map((address) => enter(idle, address));
    nowMs += 2000;
    enter(idle, "192.0.2.1");
    expect([first?.destroyed, other?.destroyed]).toEqual([true, false]);
  });

  it("may all come at once: they have a second", () => {
    const idle = lobbyOf({ maxIdlePerNetwork: 1 });
    const sockets = Array.from({ length: 10 }, () => enter(idle, "192.0.2.1"));
    expect(sockets.some(({ destroyed }) => destroyed)).toBe(false);
  });

  it("are not those that have become a stream, or are gone", () => {
    const idle = lobbyOf({ maxIdle: 1 });
    const viewer = enter(idle, "192.0.2.1");
    idle.leave(peerOf(viewer));
    nowMs += 2000;
    enter(idle, "192.0.2.2");
    expect(viewer.destroyed).toBe(false);
    expect(idle.has(peerOf(viewer))).toBe(false);
  });

  it("come in their hundreds, and a viewer is served on", async () => {
    const served = await start(false, { limits: { maxIdle: 50, headTimeoutMs: 500 } });
    const healthy = await served.get("/live/cam.flv").until(hasOpening);
    const idle = Array.from({ length: 300 }, () =>
      connect(served.port, "127.0.0.1")
        .on("error", () => undefined)
        .resume(),
    );
    const late = await served.get("/live/cam.flv").until(hasOpening);
    await expect.poll(() => idle.every(({ closed }) => closed)).toBe(true);
    expect([healthy.socket.closed, late.socket.closed]).toEqual([false, false]);
  });
});
