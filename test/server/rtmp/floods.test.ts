import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { expect, onTestFinished, test, vi } from "vitest";
import { audioConfig, interFrame, keyFrame, RtmpClient, videoConfig } from "./rtmp-client.ts";
import { KEY, received, rtmpServed } from "./rtmp-served.ts";

const C0_C1 = Buffer.concat([Buffer.from([3]), Buffer.alloc(1536, 7)]);

function raw(url: string, ...chunks: readonly Buffer[]): Socket {
  const { hostname, port } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port) });
  onTestFinished(() => void socket.destroy());
  socket.on("error", () => undefined).resume();
  for (const chunk of chunks) socket.write(chunk);
  return socket;
}

/** Also by a reset, as where it sends on. */
async function closed(socket: Socket): Promise<void> {
  if (!socket.closed) await new Promise((resolve) => socket.once("close", resolve));
}

async function published(served: Awaited<ReturnType<typeof rtmpServed>>) {
  const client = new RtmpClient(served.door);
  onTestFinished(() => void client.socket.destroy());
  await client.answer();
  const known = new Promise<void>((resolve) => served.slot.onPublisher(resolve));
  client.send(videoConfig, audioConfig, keyFrame(0));
  await known;
  const publisher = served.slot.take();
  if (publisher === null) throw new Error("nobody publishes");
  return { client, ...received(publisher) };
}

test.each([
  ["nothing", []],
  ["a handshake and no more", [C0_C1]],
  ["half a handshake", [C0_C1.subarray(0, 700)]],
])("a connection that sends %s is closed when its time is over", async (_what, chunks) => {
  const { url } = await rtmpServed({ publishTimeoutMs: 150 });
  await expect(closed(raw(url, ...chunks))).resolves.toBeUndefined();
});

test("a handshake that drips in is closed all the same", async () => {
  const { url } = await rtmpServed({ publishTimeoutMs: 200 });
  const socket = raw(url);
  const drip = setInterval(() => socket.write(C0_C1.subarray(0, 1)), 20);
  onTestFinished(() => clearInterval(drip));
  await expect(closed(socket)).resolves.toBeUndefined();
});

test.each([
  ["HTTP", [Buffer.from("GET / HTTP/1.1\r\nHost: a\r\n\r\n")]],
  ["zeros", [Buffer.alloc(4096)]],
  ["a TLS handshake where there is no certificate", [Buffer.from("160301", "hex")]],
  [
    "a chunk of an oversized message",
    [C0_C1, Buffer.alloc(1536), Buffer.from("03000000ffffff1400000000", "hex")],
  ],
  [
    "a chunk size of 2^31 - 1",
    [C0_C1, Buffer.alloc(1536), Buffer.from("02000000000004010000000 07fffffff".replace(" ", ""), "hex")],
  ],
  ["more than anyone sends before publishing", [C0_C1, Buffer.alloc(1536), Buffer.alloc(1024 * 1024, 3)]],
])("%s ends the connection at once", async (_what, chunks) => {
  const { url } = await rtmpServed({ publishTimeoutMs: 60_000 });
  await expect(closed(raw(url, ...chunks))).resolves.toBeUndefined();
});

test("an aborted connection of a publisher is its end", async () => {
  const served = await rtmpServed();
  const { client, ends } = await published(served);
  client.socket.resetAndDestroy();
  await expect.poll(() => ends).toEqual(["the publisher disconnected"]);
  expect(served.news.at(-1)).toBe("left door: disconnected");
});

test("a publisher that sends what is no RTMP is cut off, in words", async () => {
  const served = await rtmpServed();
  const { client, ends } = await published(served);
  client.socket.write(Buffer.from("03000000ffffff0900000000", "hex")); // a message of 16 MB
  await expect.poll(() => ends.length).toBe(1);
  expect(ends[0]).toMatch(/^the publisher sent invalid RTMP: /);
});

test("a publisher that does not even answer pings is gone after a while", async () => {
  const served = await rtmpServed({ pingMs: 30, quietMs: 150 });
  const { client, ends } = await published(served);
  client.socket.pause(); // so it answers no pings
  await expect.poll(() => ends).toEqual(["the publisher sent nothing for 0 s"]);
});

test("one that answers pings stays, however long it sends nothing", async () => {
  const served = await rtmpServed({ pingMs: 20, quietMs: 100 });
  const { client, ends, messages } = await published(served);
  const startMs = performance.now();
  await vi.waitFor(() => expect(performance.now() - startMs).toBeGreaterThan(400), { timeout: 5000 });
  client.send(interFrame(40));
  await expect.poll(() => messages.length).toBe(4);
  expect(ends).toEqual([]);
});

test("one that has sent nothing for a while makes room for another, and one that sends does not", async () => {
  const served = await rtmpServed();
  const { ends } = await published(served);
  const now = performance.now();
  const clock = vi.spyOn(performance, "now").mockImplementation(() => now + 5001);
  onTestFinished(() => clock.mockRestore());
  const second = new RtmpClient(served.door);
  expect(await second.answer()).toEqual({ kind: "ready" });
  expect(ends).toEqual(["the publisher was replaced by another publisher"]);
  const third = new RtmpClient(served.door);
  expect(await third.answer()).toMatchObject({ code: "NetStream.Publish.BadName" });
  second.socket.destroy();
});

test("where a takeover is not wanted, the first one stays", async () => {
  const served = await rtmpServed({}, { takeover: false });
  await published(served);
  const now = performance.now();
  const clock = vi.spyOn(performance, "now").mockImplementation(() => now + 5001);
  onTestFinished(() => clock.mockRestore());
  expect(await new RtmpClient(served.door).answer()).toMatchObject({ code: "NetStream.Publish.BadName" });
});

test("a thousand connections of garbage cost a publisher nothing", async () => {
  const served = await rtmpServed({ publishTimeoutMs: 500 });
  const { client, messages, ends } = await published(served);
  const kinds = [[], [C0_C1], [Buffer.from("GET / HTTP/1.1\r\n\r\n")], [Buffer.alloc(3000, 3)]];
  const garbage = Array.from({ length: 1000 }, (_, index) => raw(served.url, ...(kinds[index % 4] ?? [])));
  for (let frame = 1; frame <= 100; frame++) client.send(interFrame(40 * frame));
  await expect.poll(() => messages.length, { timeout: 10_000 }).toBe(103);
  await Promise.all(garbage.map(closed));
  client.send(interFrame(4040));
  await expect.poll(() => messages.length).toBe(104);
  expect(ends).toEqual([]);
  expect(await new RtmpClient(`${served.url}/door?key=${KEY}`).answer()).toMatchObject({ kind: "refused" });
}, 30_000);

test("a publisher gets in while others hold connections open", async () => {
  const { url, door } = await rtmpServed({ maxIdle: 20, maxIdlePerNetwork: 20, publishTimeoutMs: 60_000 });
  const held = Array.from({ length: 40 }, () => raw(url, C0_C1));
  await Promise.all(held.map((socket) => once(socket, "connect")));
  expect(await new RtmpClient(door).answer()).toEqual({ kind: "ready" });
});
