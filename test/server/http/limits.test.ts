import { connect, Socket } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { IdleConnections, peerOf } from "../../../src/server/http/idle-connections.ts";
import { defaultServerLimits, maxConnections } from "../../../src/server/http/limits.ts";
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
    expect(second.body).toBe('"cam" has reached its viewer limit; try again in a second\n');
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

describe("a viewer of an address", () => {
  it("has a number that no other has, and any number of them there may be without a limit", () => {
    const addressLimit = new AddressLimit(null);
    expect(["192.0.2.1", "192.0.2.1", "192.0.2.2"].map((address) => addressLimit.take(address))).toEqual([
      1, 2, 3,
    ]);
    addressLimit.leave("192.0.2.1");
    expect([addressLimit.take("192.0.2.1"), addressLimit.hasRoom("192.0.2.1")]).toEqual([4, true]);
  });

  it("that has left altogether leaves nothing behind", () => {
    const addressLimit = new AddressLimit(1);
    for (let times = 0; times < 2; times++) {
      addressLimit.take("192.0.2.1");
      expect([addressLimit.hasRoom("192.0.2.1"), addressLimit.hasRoom("192.0.2.2")]).toEqual([false, true]);
      addressLimit.leave("192.0.2.1");
      expect(addressLimit.hasRoom("192.0.2.1")).toBe(true);
    }
    addressLimit.leave("192.0.2.9"); // who never came
    addressLimit.take("192.0.2.9");
    expect(addressLimit.hasRoom("192.0.2.9")).toBe(false);
  });
});

it("who says nothing of limits has those of docs/server.md", () => {
  expect(defaultServerLimits).toMatchObject({
    ...{ headTimeoutMs: 10_000, idleTimeoutMs: 30_000, maxIdle: 1024, maxIdlePerNetwork: 64 },
    maxViewersPerAddress: null,
  });
});

const limitsOf = (soft: string) =>
  `Limit                     Soft Limit           Hard Limit           Units\nMax processes             7                    7                    processes\nMax open files            ${soft.padEnd(20)} 1048576              files\n`;

describe("the limit of open files", () => {
  it.each([
    ["1024", 960],
    ["128", 64],
    ["100", 50],
    ["1", 0],
    ["0", Number.POSITIVE_INFINITY],
    ["unlimited", Number.POSITIVE_INFINITY],
  ])("of %s leaves room for %d connections", (soft, connections) => {
    expect(maxConnections(limitsOf(soft))).toBe(connections);
  });

  it("is none where the system does not tell", () => {
    expect(maxConnections("")).toBe(Number.POSITIVE_INFINITY);
  });
});

/** A connection from an address, which is none. */
class FakeSocket extends Socket {
  override readonly remoteAddress: string | undefined;
  override readonly remotePort: number | undefined;

  constructor(remoteAddress?: string, remotePort?: number) {
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

  /** So long, in which requests are read, too. */
  const pass = async (ms: number) => {
    for (let turn = 0; turn < 2; turn++) await new Promise(setImmediate);
    nowMs += ms;
  };

  it("are bounded: the oldest goes", async () => {
    const idle = lobbyOf({ maxIdle: 2 });
    const sockets = ["192.0.2.1", "192.0.2.2"].map((address) => enter(idle, address));
    await pass(2000);
    enter(idle, "192.0.2.3");
    expect(sockets.map(({ destroyed }) => destroyed)).toEqual([true, false]);
  });

  it("that are gone before they are taken do not count", async () => {
    const idle = lobbyOf({ maxIdle: 1 });
    const first = enter(idle, "192.0.2.1");
    await pass(2000);
    for (let count = 0; count < 3; count++) idle.enter(new FakeSocket());
    expect([first.destroyed, idle.has(peerOf(new FakeSocket()))]).toEqual([false, false]);
  });

  it("may be as many as the bound, and no more", async () => {
    for (const limits of [{ maxIdle: 2 }, { maxIdlePerNetwork: 2 }]) {
      const idle = lobbyOf(limits);
      const first = enter(idle, "192.0.2.1");
      await pass(2000);
      enter(idle, "192.0.2.1");
      expect(first.destroyed).toBe(false);
      enter(idle, "192.0.2.1");
      expect(first.destroyed).toBe(true);
    }
  });

  it("are bounded for each network: others are left alone", async () => {
    const idle = lobbyOf({ maxIdlePerNetwork: 1 });
    const [first, other] = ["192.0.2.1", "192.0.2.2"].map((address) => enter(idle, address));
    await pass(2000);
    enter(idle, "192.0.2.1");
    expect([first?.destroyed, other?.destroyed]).toEqual([true, false]);
  });

  it("may all come at once: they have a second", () => {
    const idle = lobbyOf({ maxIdlePerNetwork: 1 });
    const sockets = Array.from({ length: 10 }, () => enter(idle, "192.0.2.1"));
    expect(sockets.some(({ destroyed }) => destroyed)).toBe(false);
  });

  it("have a second, and no longer", async () => {
    const idle = lobbyOf({ maxIdle: 1 });
    const first = enter(idle, "192.0.2.1");
    await pass(1000);
    const second = enter(idle, "192.0.2.2");
    expect(first.destroyed).toBe(false);
    await pass(1);
    enter(idle, "192.0.2.3");
    expect([first.destroyed, second.destroyed]).toEqual([true, false]);
  });

  it("stay while their requests could not be read yet, however long that takes", async () => {
    const idle = lobbyOf({ maxIdlePerNetwork: 1 });
    const sockets = Array.from({ length: 10 }, () => enter(idle, "192.0.2.1"));
    nowMs += 5000;
    enter(idle, "192.0.2.1");
    expect(sockets.some(({ destroyed }) => destroyed)).toBe(false);
    await pass(0);
    enter(idle, "192.0.2.1");
    expect(sockets.map(({ destroyed }) => destroyed).indexOf(true)).toBe(0);
  });

  it("are forgotten when they are closed, also by their networks", async () => {
    const idle = lobbyOf({ maxIdlePerNetwork: 1 });
    const [first, kept] = [enter(idle, "192.0.2.1"), enter(idle, "192.0.2.2")];
    first.destroy();
    await expect.poll(() => idle.has(peerOf(first))).toBe(false);
    nowMs += 2000;
    const again = enter(idle, "192.0.2.1");
    nowMs += 2000;
    expect([again.destroyed, kept.destroyed, idle.has(peerOf(kept))]).toEqual([false, false, true]);
    idle.leave("192.0.2.7 1"); // who never came
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
