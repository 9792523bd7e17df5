import { expect, test } from "vitest";
import {
  audioConfig,
  interFrame,
  keyFrame,
  RtmpClient,
  sound,
  videoConfig,
  vp9Config,
} from "./rtmp-client.ts";
import { certificate, KEY, received, rtmpServed } from "./rtmp-served.ts";

const opening = [videoConfig, audioConfig, keyFrame(0)];
const times = (messages: readonly { readonly timestampMs: number }[]) =>
  messages.map(({ timestampMs }) => timestampMs);

test("what is published is received as it was sent, what came before the capture first", async () => {
  const { slot, door, news } = await rtmpServed();
  const client = new RtmpClient(door);
  expect(await client.answer()).toEqual({ kind: "ready" });
  const known = new Promise<void>((resolve) => slot.onPublisher(resolve));
  client.send(...opening, sound(3), interFrame(40));
  await known;
  const publisher = slot.take();
  if (publisher === null) throw new Error("nobody publishes");
  expect(publisher).toMatchObject({ program: "OBS", address: "127.0.0.1" });
  expect(publisher.opening.tracks).toEqual({ video: true, audio: true });
  const { messages, ends } = received(publisher);
  client.send(interFrame(80));
  await expect.poll(() => messages.length).toBe(6);
  expect(messages.map(({ type, body }) => [type, Buffer.from(body).toString("hex")])).toEqual(
    [...opening, sound(3), interFrame(40), interFrame(80)].map(({ type, body }) => [
      type,
      Buffer.from(body).toString("hex"),
    ]),
  );
  expect(times(messages)).toEqual([0, 0, 0, 3, 40, 80]);
  expect(slot.take()).toBeNull();
  client.end();
  await expect.poll(() => ends).toEqual(["the publisher stopped"]);
  expect(news).toEqual(["joined door: OBS 127.0.0.1", "left door: stopped"]);
  expect(slot.present).toBeNull();
});

test.each([
  ["a wrong key", "door?key=wrong-key-1", "wrong stream name or key"],
  ["no key", "door", "wrong stream name or key"],
  ["a wrong name", `cellar?key=${KEY}`, "wrong stream name or key"],
])("%s is refused, late and always in the same words", async (_what, name, description) => {
  const { url, news } = await rtmpServed({ refusalDelayMs: 200 });
  const startMs = performance.now();
  const client = new RtmpClient(`${url}/${name}`);
  expect(await client.answer()).toMatchObject({
    kind: "refused",
    code: "NetStream.Publish.Denied",
    description,
  });
  expect(performance.now() - startMs).toBeGreaterThan(195);
  await client.closed();
  expect(news).toEqual([]);
});

test("keys are guessed as slowly as tokens", async () => {
  const { url, door } = await rtmpServed({ refusalDelayMs: 0 });
  for (let guess = 0; guess < 10; guess++)
    await new RtmpClient(`${url}/door?key=wrong-key-${guess}`).answer();
  const description = expect.stringMatching(/^too many wrong keys; try again in \d+ s$/);
  expect(await new RtmpClient(door).answer()).toMatchObject({ kind: "refused", description });
});

test("the key may come as a password, and in the address of the server", async () => {
  const { url } = await rtmpServed();
  const client = new RtmpClient(`${url}/door?user=obs&pass=${KEY}`);
  expect(await client.answer()).toEqual({ kind: "ready" });
  client.socket.destroy();
});

test("an application other than live is refused with the right one", async () => {
  const { url } = await rtmpServed();
  const client = new RtmpClient(`${url.replace("live", "app")}/door?key=${KEY}`);
  const description = "wrong application: use rtmp://HOST/live";
  expect(await client.answer()).toMatchObject({ kind: "refused", description });
});

test("a second publisher is refused, and the first goes on", async () => {
  const { door, slot, news } = await rtmpServed();
  const first = new RtmpClient(door);
  await first.answer();
  const second = new RtmpClient(door);
  const description = '"door" is already being published from 127.0.0.1';
  expect(await second.answer()).toMatchObject({
    kind: "refused",
    code: "NetStream.Publish.BadName",
    description,
  });
  first.send(...opening);
  await expect.poll(() => slot.take()).not.toBeNull();
  expect(news).toEqual(["joined door: OBS 127.0.0.1"]);
});

test("a codec that cannot be carried is refused in words for the publisher", async () => {
  const { door, news } = await rtmpServed();
  const client = new RtmpClient(door);
  await client.answer();
  client.send(vp9Config);
  await client.closed();
  expect(client.events.at(-1)).toMatchObject({
    kind: "refused",
    description: expect.stringContaining("set the encoder to H.264"),
  });
  expect(news.at(-1)).toContain("set the encoder to H.264");
});

test("a capture that ends gives the publisher back, from the next key frame on", async () => {
  const { door, slot } = await rtmpServed();
  const client = new RtmpClient(door);
  await client.answer();
  client.send(...opening);
  await expect.poll(() => slot.present).not.toBeNull();
  let publisher = slot.take();
  await expect.poll(() => (publisher ??= slot.take())).not.toBeNull();
  if (publisher === null) return;
  received(publisher).stop();
  client.send(interFrame(40), sound(46), keyFrame(80), interFrame(120));
  let again = slot.take();
  await expect.poll(() => (again ??= slot.take())).not.toBeNull();
  if (again === null) return;
  const { messages } = received(again);
  await expect.poll(() => times(messages)).toEqual([80, 80, 80, 120]);
});

test("on another port it takes new publishers, on the one before none, and who publishes stays", async () => {
  const { server, door, slot, news } = await rtmpServed();
  const client = new RtmpClient(door);
  expect(await client.answer()).toEqual({ kind: "ready" });
  const known = new Promise<void>((resolve) => slot.onPublisher(resolve));
  client.send(...opening);
  await known;
  const publisher = slot.take();
  if (publisher === null) throw new Error("nobody publishes");
  const { messages, ends } = received(publisher);
  await server.listen({ host: "127.0.0.1", port: 0 });
  expect(await new RtmpClient(door).answer()).toBeNull(); // nobody listens
  client.send(interFrame(40));
  await expect.poll(() => times(messages)).toEqual([0, 0, 0, 40]);
  const moved = door.replace(/:\d+/, `:${server.address?.port}`);
  expect(await new RtmpClient(moved).answer()).toMatchObject({ code: "NetStream.Publish.BadName" });
  client.end();
  await expect.poll(() => ends).toEqual(["the publisher stopped"]);
  const next = new RtmpClient(moved);
  expect(await next.answer()).toEqual({ kind: "ready" });
  next.end();
  expect(news.slice(0, 2)).toEqual(["joined door: OBS 127.0.0.1", "left door: stopped"]);
});

test("a port that is taken leaves it where it is", async () => {
  const [one, other] = [await rtmpServed(), await rtmpServed()];
  const port = other.server.address?.port ?? 0;
  await expect(one.server.listen({ host: "127.0.0.1", port })).rejects.toMatchObject({
    reason: "portInUse",
  });
  const client = new RtmpClient(one.door);
  expect(await client.answer()).toEqual({ kind: "ready" });
  client.socket.destroy();
});

test("over TLS on the same port, the first byte tells", async () => {
  const { door, slot } = await rtmpServed({}, { hasTls: true });
  const over = new RtmpClient(door, { ca: certificate });
  expect(await over.answer()).toEqual({ kind: "ready" });
  over.end();
  await expect.poll(() => slot.present).toBeNull();
  const plain = new RtmpClient(door.replace("rtmps", "rtmp"));
  expect(await plain.answer()).toEqual({ kind: "ready" });
  plain.socket.destroy();
});

test("without a certificate there is no TLS", async () => {
  const { door } = await rtmpServed();
  const client = new RtmpClient(door.replace("rtmp:", "rtmps:"), { ca: certificate });
  expect(await client.answer()).toBeNull();
});

test("key frames that are far apart are told of once", async () => {
  const { door, news } = await rtmpServed();
  const client = new RtmpClient(door);
  await client.answer();
  client.send(...opening, keyFrame(4000), keyFrame(8001), keyFrame(20_000));
  client.end();
  await client.closed();
  await expect.poll(() => news.length).toBe(3);
  expect(news[1]).toBe("sparse door: 4001");
});
