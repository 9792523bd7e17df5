import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { connect as connectTls, createServer as createTlsServer, type TLSSocket } from "node:tls";
import { describe, it, type TestContext } from "vitest";
import { TagType } from "../../src/media/flv/layout.ts";
import { encodeTag } from "../../src/media/flv/tag.ts";
import type { Hub } from "../../src/outputs/live/hub.ts";
import type { HubLimits } from "../../src/outputs/live/limits.ts";
import type { Viewer } from "../../src/outputs/live/viewer.ts";
import { startViewing } from "../../src/outputs/live/viewing.ts";
import { http1Sink } from "../../src/server/viewers/http1-sink.ts";
import { LagWatch } from "../../src/system/lag-watch.ts";
import { send, somebody, storyOf, videoHub } from "../outputs/live/fakes.ts";
import { hasOpening, keyPair, Served, ways } from "./served.ts";

const lagWatch = new LagWatch();

const pictureBytes = 50_000;

/** What writes are to a player that is there and does not read; the kernel takes over what it can. */
class Player {
  readonly viewer: Viewer;
  readonly socket: Socket;
  #received: Buffer[] = [];

  constructor(viewer: Viewer, socket: Socket) {
    this.viewer = viewer;
    this.socket = socket;
    socket.on("error", () => undefined); // a reset is seen as a close
  }

  read(): this {
    this.socket.on("data", (bytes) => this.#received.push(bytes));
    return this;
  }

  /** Throws where a tag is broken. */
  get story(): string {
    return storyOf(Buffer.concat(this.#received));
  }
}

async function watching({ onTestFinished }: TestContext, isTls: boolean, limits: Partial<HubLimits>) {
  const hub = videoHub(limits);
  send(hub, "metadata@0 video-config@0 audio-config@0 key@0");
  const server = (isTls ? createTlsServer(keyPair) : createServer()).listen(0, "127.0.0.1");
  onTestFinished(() => void server.close());
  await once(server, "listening");
  const player = async () => {
    const accepted = once(server, isTls ? "secureConnection" : "connection");
    const { port } = server.address() as AddressInfo;
    const socket = isTls
      ? connectTls({ port, host: "127.0.0.1", rejectUnauthorized: false })
      : connect(port, "127.0.0.1");
    onTestFinished(() => void socket.destroy());
    const [served] = (await accepted) as [Socket];
    return new Player(startViewing(lagWatch, hub, http1Sink(served, "1.0"), served, somebody), socket);
  };
  return { hub, slow: await player(), healthy: (await player()).read() };
}

/** Pictures of a size that no kernel swallows, 100 ms apart. */
function sendPictures(hub: Hub, fromMs: number, count: number): void {
  for (let index = 0; index < count; index++) {
    const head = Uint8Array.of(0x27, 1, 0, 0, 0);
    const nalUnit = Buffer.alloc(pictureBytes, 0x41);
    nalUnit.writeUInt32BE(pictureBytes - 4);
    const timestampMs = fromMs + index * 100;
    const bytes = encodeTag(TagType.video, timestampMs, [head, nalUnit]);
    hub.publish({ role: "delta", timestampMs, bytes });
    hub.flush();
  }
}

const storyOfPictures = (fromMs: number, count: number) =>
  Array.from({ length: count }, (_, index) => `delta@${fromMs + index * 100}`).join(" ");

describe.skipIf(process.platform !== "linux").concurrent.each(ways)(
  "a viewer over $way whose player does not read, or too little",
  ({ isTls }) => {
    it("is skipped to a key frame, and goes on with one when it has read what it had; the others see all", async (context) => {
      const { expect } = context;
      const { hub, slow, healthy } = await watching(context, isTls, {
        maxLagMs: 1000,
        viewerTimeoutMs: 60_000,
      });
      for (let fromMs = 100; fromMs <= 3000; fromMs += 500) {
        sendPictures(hub, fromMs, 5);
        // On a busy machine, the healthy one is behind, too, for a while.
        await expect.poll(() => healthy.story).toContain(`delta@${fromMs + 400}`);
      }
      await expect.poll(() => hub.totals.skips).toBe(1);
      expect(slow.viewer.skips).toBe(1);
      send(hub, "key@4000");
      expect(slow.viewer.state).toBe("waiting-for-key");
      slow.read();
      let nextMs = 5000;
      await expect
        .poll(() => {
          // A key frame is as far from the next as anybody may be behind: the healthy one has to have each.
          if (!healthy.story.includes(`key@${nextMs - 1000}`)) return slow.viewer.state;
          send(hub, `key@${nextMs}`);
          nextMs += 1000;
          return slow.viewer.state;
        })
        .toBe("live");
      hub.end();
      await Promise.all([slow, healthy].map(({ socket }) => once(socket, "close")));
      const beginning = "header metadata@0 video-config@0 audio-config@0 key@0";
      const resumedMs = nextMs - 1000;
      expect(slow.story).toBe(
        `${beginning} ${storyOfPictures(100, 30)} metadata@0 video-config@${resumedMs} audio-config@${resumedMs} key@${resumedMs}`,
      );
      expect(healthy.story).toContain(`${beginning} ${storyOfPictures(100, 30)} key@4000 key@5000`);
      expect([healthy.viewer.skips, hub.totals.stalls]).toEqual([0, 0]);
    });

    it("is cut off when it goes on like that, and what it was owed is let go", async (context) => {
      const { expect } = context;
      const { hub, slow, healthy } = await watching(context, isTls, {
        maxLagMs: 1000,
        viewerTimeoutMs: 2000,
      });
      const closed = new Promise((resolve) => slow.socket.once("close", resolve)); // reset, or ended
      sendPictures(hub, 100, 30);
      await expect.poll(() => hub.totals.stalls).toBe(1);
      expect(hub.viewers).toEqual([healthy.viewer]);
      slow.socket.resume();
      await closed;
      expect(slow.viewer.state).toBe("waiting-for-key");
    });

    it("is not cut off as long as it reads a little", async (context) => {
      const { expect } = context;
      const { hub, slow } = await watching(context, isTls, { maxLagMs: 1000, viewerTimeoutMs: 2000 });
      sendPictures(hub, 100, 60);
      const reading = setInterval(() => slow.socket.read(100_000), 200);
      context.onTestFinished(() => clearInterval(reading));
      await expect.poll(() => hub.totals.skips).toBe(1);
      await new Promise((resolve) => setTimeout(resolve, 3500)); // longer than the timeout
      expect(hub.totals.stalls).toBe(0);
      expect(hub.viewerCount).toBe(2);
    });
  },
);

describe.skipIf(process.platform !== "linux").concurrent.each(ways)(
  "four tiles of one page over $way",
  ({ isTls }) => {
    it("lose the one that stalls, and only that", async ({ expect, onTestFinished }) => {
      const served = await Served.start(isTls, {}, { maxLagMs: 1000, viewerTimeoutMs: 2000 });
      onTestFinished(() => served.stop());
      const tiles = [1, 2, 3, 4].map(() => served.get("/live/cam.flv"));
      await Promise.all(tiles.map((tile) => tile.until(hasOpening)));
      const [stalled, ...healthy] = tiles;
      stalled?.socket.pause();
      sendPictures(served.hub, 100, 60);
      await expect.poll(() => served.hub.totals.stalls, { timeout: 10_000 }).toBe(1);
      const last = "key@9000";
      send(served.hub, last);
      served.hub.end();
      await Promise.all(healthy.map((tile) => tile.closed()));
      for (const tile of healthy)
        expect(storyOf(Buffer.from(tile.chunks.join(""), "latin1"))).toContain(
          `${storyOfPictures(100, 60)} ${last}`,
        );
      expect(served.hub.totals.skips).toBe(1);
      stalled?.socket.resume();
      await stalled?.closed();
    });
  },
);

it("HTTP/2 is not spoken: what a viewer has read would be hidden behind its flow control", async ({
  expect,
  onTestFinished,
}) => {
  const served = await Served.start(true);
  onTestFinished(() => served.stop());
  const client = await served.get("/live/cam.flv").until(hasOpening);
  expect([(client.socket as TLSSocket).alpnProtocol, client.status]).toEqual(["http/1.1", 200]);
});
