import { existsSync } from "node:fs";
import { connect, createServer, type Socket } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { afterEach, describe, expect, it } from "vitest";
import { TagType } from "../../src/media/flv/layout.ts";
import { RTMP_MODULE, startNginxRtmp } from "../e2e/proxies.ts";
import { listenOn } from "../e2e/servers.ts";
import { picture, videoConfig } from "../media/flv/packets.ts";
import { BOTH, closeAll, closing, Streaming, serving, target, wordOf } from "../outputs/push/streaming.ts";
import { mustRun } from "../run.ts";
import { startFlvcast } from "../start-flvcast.ts";

afterEach(closeAll);

const FPS = 30;
const STREAM_BYTES_PER_SECOND = 2_600_000 / 8;
const SLOW_BYTES_PER_SECOND = 400_000 / 8;

/** Passes on what comes to a port, no faster than it is told. */
async function uplink(toPort: number) {
  let bytesPerSecond = Number.POSITIVE_INFINITY;
  const server = await listenOn(
    createServer((from) => {
      const to = connect(toPort, "127.0.0.1");
      for (const socket of [from, to]) socket.on("error", () => undefined);
      to.pipe(from);
      from.on("close", () => to.destroy());
      void pass(from, to);
    }),
  );
  const pass = async (from: Socket, to: Socket) => {
    for await (const chunk of from) {
      for (let at = 0; at < chunk.length; at += 4096) {
        const piece = chunk.subarray(at, at + 4096);
        to.write(piece);
        await delay((piece.length / bytesPerSecond) * 1000);
      }
    }
    to.end();
  };
  closing.push(() => server.stop());
  return { port: server.port, setRate: (rate: number) => (bytesPerSecond = rate) };
}

/** Pictures in real time, a key frame every second, until it is stopped; returns the time of the newest. */
function playing(streaming: Streaming): () => number {
  const startedMs = performance.now();
  let sent = 0;
  const frame = Buffer.alloc(STREAM_BYTES_PER_SECOND / FPS, 0x41);
  const tick = () => {
    for (; (sent * 1000) / FPS <= performance.now() - startedMs; sent++) {
      const timestampMs = Math.round((sent * 1000) / FPS);
      if (sent === 0) streaming.fanOut.push({ packet: videoConfig, timestampMs, capturedMs: null });
      const packet = picture([frame], sent % FPS === 0);
      streaming.fanOut.push({ packet, timestampMs, capturedMs: null });
      streaming.fanOut.flush();
    }
  };
  const timer = setInterval(tick, 10);
  closing.push(async () => clearInterval(timer));
  return () => (sent * 1000) / FPS;
}

it("an uplink of 0.4 Mbit/s for 20 s makes a server skip once, and never lag by more than 6 s", async () => {
  let newestMs: (() => number) | null = null;
  const lags: number[] = [];
  const server = await serving({
    onMessage: ({ type, timestampMs }) =>
      type === TagType.video && lags.push((newestMs?.() ?? 0) - timestampMs),
  });
  const { port, setRate } = await uplink(server.port);
  const streaming = new Streaming([target(`rtmp://127.0.0.1:${port}/live/door`)]);
  streaming.fanOut.begin({ ...BOTH, tracks: { video: true, audio: false } });
  newestMs = playing(streaming);
  await expect.poll(() => streaming.states).toBe("up");
  await delay(5000);
  lags.length = 0;
  setRate(SLOW_BYTES_PER_SECOND);
  await delay(20_000);
  setRate(Number.POSITIVE_INFINITY);
  await delay(15_000);
  const [status] = streaming.pushes.statuses();
  expect(status).toMatchObject({ state: "up", skips: 1, reconnects: 0 });
  const ofMedia = server.publications[0]?.messages.map(wordOf) ?? [];
  const resumed = ofMedia.lastIndexOf("metadata@0");
  expect(ofMedia.slice(resumed, resumed + 3).map((word) => word.replace(/@.*/, ""))).toEqual([
    ...["metadata", "video-config", "key"],
  ]);
  const most = Math.max(...lags);
  console.log(`most lag at the far end: ${most.toFixed(0)} ms`); // some 6 s, where the machine is not busy
  expect(most).toBeLessThan(10_000); // it would be 17 s by the end
  expect(Math.max(...lags.slice(-FPS))).toBeLessThan(1000);
});

const noNginx = existsSync(RTMP_MODULE) ? null : "libnginx-mod-rtmp is not installed";
if (noNginx !== null) console.log(`skipped: a server that stands still: ${noNginx}`);

describe.skipIf(noNginx !== null)("nginx that stands still for a minute", () => {
  it("is found out and gets the stream again, and viewers see nothing of it", async () => {
    const nginx = await startNginxRtmp();
    closing.push(() => nginx.stop());
    const url = `rtmp://127.0.0.1:${nginx.port}/live/card`;
    const stream = await startFlvcast(["--device", "test", "--size", "640x360", "--gop", "1"], {
      FLVCAST_PUSH: url,
    });
    closing.push(() => stream.stop());
    const pushOf = async () => {
      const api = await fetch(new URL("/api/v1/streams/test", stream.url));
      const { pushes } = (await api.json()) as { pushes: readonly { state: string; reconnects: number }[] };
      return pushes[0];
    };
    await expect.poll(async () => (await pushOf())?.state).toBe("up");
    await delay(8000); // so that it has been looked at
    nginx.freeze(true);
    const frozenMs = performance.now();
    await expect.poll(async () => (await pushOf())?.state, { timeout: 40_000, interval: 250 }).not.toBe("up");
    const foundMs = performance.now() - frozenMs;
    console.log(`found out after ${(foundMs / 1000).toFixed(1)} s`);
    expect(stream.stderr()).toContain("the server has stopped accepting data");
    await delay(60_000 - foundMs);
    nginx.freeze(false);
    await expect.poll(async () => (await pushOf())?.state, { timeout: 60_000, interval: 250 }).toBe("up");
    await mustRun(["ffmpeg", "-nostdin", "-v", "error", "-xerror", "-i", url, "-t", "3", "-f", "null", "-"]);
  });
});
