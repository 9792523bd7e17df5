import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { setImmediate } from "node:timers/promises";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { AudioConfig } from "../../../src/media/packet.ts";
import { ClientSession } from "../../../src/media/rtmp/client-session.ts";
import { FlvPackager } from "../../../src/outputs/flv-packager.ts";
import type { StreamInfo } from "../../../src/outputs/output.ts";
import { audioConfig, picture } from "../../media/flv/packets.ts";
import { keyPair } from "../../server/served.ts";
import { timed } from "../timed.ts";
import { BOTH, closeAll, closing, Streaming, serving, storyOf, target } from "./streaming.ts";

const VIDEO: StreamInfo = { ...BOTH, tracks: { video: true, audio: false } };
const BEGINNING = "video-config@0 audio-config@0 key@0";

afterEach(async () => {
  vi.restoreAllMocks();
  vi.useRealTimers();
  await closeAll();
});

it("a server gets the settings, the current GOP and what follows, with the stream's own times", async () => {
  const server = await serving();
  const streaming = new Streaming([target(server.url("door?pass=1"))]);
  streaming.fanOut.begin(BOTH);
  streaming.send(`${BEGINNING} audio@3`);
  streaming.send("delta@40");
  await expect.poll(() => streaming.states).toBe("up");
  streaming.send("delta@80");
  await expect
    .poll(() => storyOf(server.publications[0]))
    .toBe("metadata@0 video-config@0 audio-config@0 key@0 audio@3 delta@40 delta@80");
  expect(server.publications[0]?.request).toMatchObject({ app: "live", name: "door" });
  expect(streaming.told).toEqual(["up rtmp://127.0.0.1:PORT/live/…"]);
  await streaming.fanOut.end();
  await expect.poll(() => server.publications[0]?.isEnded).toBe(true);
});

it.each([
  [
    ["avc1", "mp4a"],
    ["up rtmp://127.0.0.1:PORT/live/…", "unlisted: Opus"],
  ],
  [["avc1", "Opus"], ["up rtmp://127.0.0.1:PORT/live/…"]],
  [["*"], ["up rtmp://127.0.0.1:PORT/live/…"]],
  [null, ["up rtmp://127.0.0.1:PORT/live/…"]],
])("of a server that lists %j, it is told what of the stream is not among it", async (fourccs, told) => {
  vi.spyOn(ClientSession.prototype, "fourccs", "get").mockReturnValue(fourccs);
  const server = await serving();
  const streaming = new Streaming([target(server.url())]);
  streaming.fanOut.begin(BOTH);
  const opus: AudioConfig = { ...audioConfig, codec: "opus" };
  streaming.send("video-config@0");
  streaming.fanOut.push({ packet: opus, timestampMs: 0, capturedMs: null });
  streaming.send("key@0");
  await expect.poll(() => streaming.states).toBe("up");
  expect(streaming.told).toEqual(told);
});

it("a tag's body arrives as viewers get it, also of many chunks, and none of the clock's", async () => {
  const server = await serving();
  const streaming = new Streaming([target(server.url())]);
  const big = picture([Buffer.alloc(200_000, 0x41)]);
  streaming.fanOut.begin(BOTH);
  streaming.send(BEGINNING);
  streaming.fanOut.push({ packet: big, timestampMs: 40, capturedMs: Date.now() });
  streaming.fanOut.flush();
  await expect.poll(() => streaming.states).toBe("up");
  streaming.fanOut.push({ packet: big, timestampMs: 0x1_00_0000, capturedMs: Date.now() });
  streaming.fanOut.flush();
  const messages = () => server.publications[0]?.messages ?? [];
  await expect.poll(() => messages().length).toBe(6);
  const packager = new FlvPackager(BOTH);
  const tags = [...BEGINNING.split(" ").map(timed), { packet: big, timestampMs: 40, capturedMs: null }]
    .concat({ packet: big, timestampMs: 0x1_00_0000, capturedMs: null })
    .flatMap((packet) => packager.push(packet));
  const sent = tags.map(({ bytes, timestampMs }) => ({
    type: bytes[0],
    timestampMs,
    body: Buffer.from(bytes.subarray(11, -4)),
  }));
  expect(messages()).toEqual(sent);
});

it("a server that comes later begins with the current GOP, and the others see nothing of it", async () => {
  const [one, other] = [await serving(), await serving()];
  const streaming = new Streaming([target(one.url())]);
  streaming.fanOut.begin(BOTH);
  streaming.send(`${BEGINNING} delta@40`);
  await expect.poll(() => streaming.states).toBe("up");
  streaming.set([target(one.url()), target(other.url())]);
  await expect.poll(() => streaming.states).toBe("up up");
  streaming.send("delta@80");
  const all = "metadata@0 video-config@0 audio-config@0 key@0 delta@40 delta@80";
  await expect
    .poll(() => [one, other].map(({ publications }) => storyOf(publications[0])))
    .toEqual([all, all]);
  streaming.set([target(other.url())]);
  await expect.poll(() => one.publications[0]?.isEnded).toBe(true);
  streaming.send("delta@120");
  await expect.poll(() => storyOf(other.publications[0])).toBe(`${all} delta@120`);
  expect([one.publications.length, other.publications.length]).toEqual([1, 1]);
  expect(storyOf(one.publications[0])).toBe(all);
});

it("a target that is changed gets another connection, once the one before has ended", async () => {
  const live = new Set<string>();
  const server = await serving({
    judge: ({ name }) => (live.has(name) ? ["NetStream.Publish.BadName", "in use"] : (live.add(name), null)),
    onUnpublish: ({ name }) => void live.delete(name),
  });
  const streaming = new Streaming([target(server.url())]);
  streaming.fanOut.begin(BOTH);
  streaming.send(BEGINNING);
  await expect.poll(() => streaming.states).toBe("up");
  streaming.set([target(server.url(), { maxLagMs: 9000 })]);
  await expect.poll(() => server.publications.length).toBe(2);
  await expect.poll(() => streaming.states).toBe("up");
  expect(streaming.told.filter((line) => line.startsWith("down"))).toEqual([]);
});

it("ten servers get the same", async () => {
  const server = await serving();
  const keys = Array.from({ length: 10 }, (_, index) => `key${index}`);
  const streaming = new Streaming(keys.map((key) => target(server.url(key))));
  streaming.fanOut.begin(BOTH);
  streaming.send(BEGINNING);
  await expect.poll(() => streaming.states).toBe(keys.map(() => "up").join(" "));
  streaming.send("delta@40 audio@43");
  const all = "metadata@0 video-config@0 audio-config@0 key@0 delta@40 audio@43";
  await expect.poll(() => server.publications.map(storyOf)).toEqual(keys.map(() => all));
  expect(server.publications.map(({ request }) => request.name).toSorted()).toEqual(keys);
});

it("a server that is killed and comes back goes on with a key frame, the time going on", async () => {
  const first = await serving();
  const { port } = first;
  const streaming = new Streaming([target(first.url())]);
  streaming.fanOut.begin(BOTH);
  streaming.send(BEGINNING);
  await expect.poll(() => streaming.states).toBe("up");
  await first.close();
  await expect.poll(() => streaming.states).toBe("waiting");
  streaming.send("delta@40 key@80 delta@120");
  const again = await serving({ port });
  await expect.poll(() => streaming.states).toBe("up");
  streaming.send("delta@160");
  await expect
    .poll(() => storyOf(again.publications[0]))
    .toBe("metadata@0 video-config@80 audio-config@80 key@80 delta@120 delta@160");
  const [status] = streaming.pushes.statuses();
  expect(status).toMatchObject({ reconnects: 1, lastError: null, retryAtMs: null });
  expect(streaming.told[1]).toMatch(/^down: (connection reset|the server closed the connection)$/);
});

it("a server that stops reading is connected to anew long before its buffer is full", async () => {
  const server = await serving();
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
  const streaming = new Streaming([target(server.url())]);
  streaming.fanOut.begin(BOTH);
  streaming.send(BEGINNING);
  await expect.poll(() => streaming.states).toBe("up");
  const frame = { packet: picture([Buffer.alloc(70_000, 0x41)]), capturedMs: null };
  const second = (timestampMs: number) => {
    streaming.fanOut.push({ ...frame, timestampMs });
    streaming.fanOut.flush();
    vi.advanceTimersByTime(1000);
  };
  second(40);
  const [stopped] = server.publications;
  await expect.poll(() => stopped?.messages.length).toBe(5);
  stopped?.socket.pause();
  let seconds = 0;
  for (; streaming.told.length < 2 && seconds < 60; seconds++) {
    second(41 + seconds);
    await setImmediate();
  }
  expect(seconds).toBeGreaterThanOrEqual(15);
  await expect.poll(() => streaming.told[1]).toBe("down: the server has stopped accepting data");
  await expect.poll(() => server.publications.length).toBe(2);
});

it("where the time begins again, a server sees the stream end, and another one begin", async () => {
  const server = await serving();
  const streaming = new Streaming([target(server.url())]);
  streaming.fanOut.begin(BOTH);
  streaming.send(`${BEGINNING} delta@40`);
  await expect.poll(() => streaming.states).toBe("up");
  streaming.fanOut.startEpoch();
  await expect.poll(() => server.publications[0]?.isEnded).toBe(true);
  streaming.send("key@0 delta@40");
  await expect
    .poll(() => storyOf(server.publications[1]))
    .toBe("metadata@0 video-config@0 audio-config@0 key@0 delta@40");
  expect(storyOf(server.publications[0])).not.toContain("key@0 delta@40 key@0");
});

describe("a server that refuses", () => {
  it("is not asked again for half a minute, and what it says is told without the key", async () => {
    const server = await serving({
      judge: ({ name }) => ["NetStream.Publish.BadName", `Stream ${name} is in use`],
    });
    const streaming = new Streaming([target(server.url("topsecret"))]);
    streaming.fanOut.begin(BOTH);
    streaming.send(BEGINNING);
    await expect.poll(() => streaming.states).toBe("waiting");
    await expect.poll(() => streaming.told).toEqual(["down: NetStream.Publish.BadName: Stream … is in use"]);
    const [{ retryAtMs, lastError } = { retryAtMs: null, lastError: null }] = streaming.pushes.statuses();
    expect(lastError).toBe("NetStream.Publish.BadName: Stream … is in use");
    expect((retryAtMs ?? 0) - Date.now()).toBeGreaterThan(20_000);
  });

  it("by its silence, or because it is no RTMP server, is tried again", async () => {
    const web = createServer(
      (socket) =>
        void socket.on("error", () => undefined).end("HTTP/1.1 400 Bad Request\r\n\r\n".padEnd(4000)),
    );
    await once(web.listen(0, "127.0.0.1"), "listening");
    closing.push(async () => web.close());
    const { port } = web.address() as AddressInfo;
    const streaming = new Streaming([target(`rtmp://127.0.0.1:${port}/live/x`)]);
    streaming.fanOut.begin(BOTH);
    streaming.send(BEGINNING);
    await expect.poll(() => streaming.told[0]).toMatch(/^down: the server does not speak RTMP/);
  });
});

describe("over TLS", () => {
  it("a certificate that nobody vouches for is refused", async () => {
    const server = await serving({ tls: keyPair });
    const streaming = new Streaming([target(server.url())]);
    streaming.fanOut.begin(BOTH);
    streaming.send(BEGINNING);
    await expect.poll(() => streaming.told).toEqual(["down: its certificate is self-signed"]);
  });

  it("any will do where the target says so", async () => {
    const server = await serving({ tls: keyPair });
    const streaming = new Streaming([target(server.url(), { insecure: true })]);
    streaming.fanOut.begin(BOTH);
    streaming.send(BEGINNING);
    await expect
      .poll(() => storyOf(server.publications[0]))
      .toBe("metadata@0 video-config@0 audio-config@0 key@0");
  });
});

/** A stream that is pushed over TLS to what serves like this; `asking` resolves with the connection. */
async function pushedOverTls(serve: (socket: Socket) => void) {
  const server = createServer((socket) => serve(socket.on("error", () => undefined)));
  await once(server.listen(0, "127.0.0.1"), "listening");
  closing.push(async () => server.close());
  const { port } = server.address() as AddressInfo;
  const asking = once(server, "connection");
  const streaming = new Streaming([target(`rtmps://127.0.0.1:${port}/live/x`)]);
  streaming.fanOut.begin(BOTH);
  streaming.send(BEGINNING);
  return { streaming, asking };
}

describe("a server without TLS that is asked for it", () => {
  it("and waits for more is found out in 5 s", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const { streaming, asking } = await pushedOverTls((socket) => socket.pause());
    const [socket] = (await asking) as [Socket];
    await once(socket, "readable");
    vi.advanceTimersByTime(4999);
    await setImmediate();
    expect(streaming.told).toEqual([]);
    vi.advanceTimersByTime(1);
    vi.useRealTimers();
    await expect
      .poll(() => streaming.told)
      .toEqual(["down: no answer to TLS within 5 s: the server may not use it on this port"]);
  });

  it("and closes the connection is told apart from one that is lost", async () => {
    const { streaming } = await pushedOverTls((socket) => socket.once("data", () => socket.end()));
    await expect
      .poll(() => streaming.told)
      .toEqual(["down: the server closed the connection instead of using TLS"]);
  });

  it("and answers is told as well", async () => {
    const { streaming } = await pushedOverTls((socket) =>
      socket.once("data", () => socket.write(new Uint8Array(1537))),
    );
    await expect.poll(() => streaming.told).toEqual(["down: the server does not use TLS on this port"]);
  });
});

describe("silence", () => {
  it("goes to the target that wants it, in time with the video, and to no other", async () => {
    const [silent, plain] = [await serving(), await serving()];
    const streaming = new Streaming([target(silent.url(), { audio: "silent" }), target(plain.url())]);
    streaming.fanOut.begin(VIDEO);
    streaming.send("video-config@0 key@0 delta@40");
    await expect.poll(() => streaming.states).toBe("up up");
    streaming.send("delta@80");
    await expect
      .poll(() => storyOf(silent.publications[0]))
      .toBe(
        "metadata@0 video-config@0 audio-config@0 key@0 audio@0 delta@40 audio@23 delta@80 audio@46 audio@70",
      );
    await expect
      .poll(() => storyOf(plain.publications[0]))
      .toBe("metadata@0 video-config@0 key@0 delta@40 delta@80");
  });

  it("is not added to a stream that has sound", async () => {
    const server = await serving();
    const streaming = new Streaming([target(server.url(), { audio: "silent" })]);
    streaming.fanOut.begin(BOTH);
    streaming.send(`${BEGINNING} audio@3`);
    await expect
      .poll(() => storyOf(server.publications[0]))
      .toBe("metadata@0 video-config@0 audio-config@0 key@0 audio@3");
  });

  it("can be wanted by one who comes later", async () => {
    const [plain, silent] = [await serving(), await serving()];
    const streaming = new Streaming([target(plain.url())]);
    streaming.fanOut.begin(VIDEO);
    streaming.send("video-config@0 key@0 delta@40");
    await expect.poll(() => streaming.states).toBe("up");
    streaming.set([target(plain.url()), target(silent.url(), { audio: "silent" })]);
    streaming.send("key@100");
    streaming.send("delta@120");
    await expect
      .poll(() => storyOf(silent.publications[0]))
      .toBe("metadata@0 video-config@100 audio-config@100 key@100 delta@120 audio@116");
    expect(plain.publications).toHaveLength(1);
  });
});

describe("a stream on demand", () => {
  it("runs for a target that always gets it, as for a viewer", async () => {
    const streaming = new Streaming([target("rtmp://127.0.0.1:9/live/x")]);
    expect([streaming.demand.count, streaming.watching.count]).toEqual([1, 0]);
    streaming.set([]);
    expect(streaming.demand.count).toBe(0);
  });

  it("is pushed while somebody watches, if the target says so, and does not run for that", async () => {
    const server = await serving();
    const streaming = new Streaming([target(server.url(), { when: "watched" })]);
    expect(streaming.demand.count).toBe(0);
    streaming.fanOut.begin(BOTH);
    streaming.send(BEGINNING);
    expect(streaming.states).toBe("waiting");
    const leave = streaming.watching.take();
    expect(streaming.demand.count).toBe(1);
    await expect.poll(() => streaming.states).toBe("up");
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    leave();
    vi.advanceTimersByTime(9000);
    expect(streaming.states).toBe("up");
    streaming.watching.take()(); // one more has a look
    vi.advanceTimersByTime(9999);
    expect(server.publications[0]?.isEnded).toBe(false);
    vi.advanceTimersByTime(1);
    vi.useRealTimers();
    await expect.poll(() => server.publications[0]?.isEnded).toBe(true);
    await expect.poll(() => streaming.states).toBe("waiting");
  });
});
