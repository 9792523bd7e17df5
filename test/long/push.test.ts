import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, writeFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { FlvDemuxer } from "../../src/media/flv/demuxer.ts";
import { TagType } from "../../src/media/flv/layout.ts";
import { makeFolder } from "../e2e/folder.ts";
import { NetworkHost, whyNoNetwork } from "../e2e/network.ts";
import { Program, start, stopAll } from "../e2e/program.ts";
import { RTMP_MODULE, startNginxRtmp } from "../e2e/proxies.ts";
import { findProgram, mustRun } from "../run.ts";
import { startFlvcast } from "../start-flvcast.ts";
import { freshStateFolder } from "../state-folder.ts";

const folder = makeFolder();
const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
  await stopAll();
});
afterAll(() => folder.remove());

/** Somebody on a host who watches with curl. */
class Arrivals {
  readonly chunks: Buffer[] = [];
  /** When each picture came, by its bytes. */
  readonly times = new Map<string, number>();

  constructor(host: NetworkHost, url: string) {
    const [program, ...args] = [...host.runBy, "curl", "-sN", url];
    const curl = spawn(program, args, { stdio: ["ignore", "pipe", "inherit"] });
    const demuxer = new FlvDemuxer();
    curl.stdout.on("data", (chunk: Buffer) => {
      this.chunks.push(chunk);
      for (const event of demuxer.push(chunk))
        if (event.kind === "tag" && event.type === TagType.video)
          this.times.set(createHash("sha1").update(event.body).digest("base64"), performance.now());
    });
    closing.push(async () => curl.kill("SIGKILL"));
  }

  /** How much later than to others each picture came that came since. */
  lagsBehind(others: Arrivals, sinceMs: number): readonly number[] {
    return [...this.times].flatMap(([picture, atMs]) => {
      const before = others.times.get(picture);
      return atMs < sinceMs || before === undefined ? [] : [atMs - before];
    });
  }
}

const noCable =
  (await whyNoNetwork()) ?? (findProgram("tc", "curl") === null ? "tc or curl is not installed" : null);
if (noCable !== null) console.log(`skipped: a slow uplink: ${noCable}`);

describe.skipIf(noCable !== null)("an uplink of 0.4 Mbit/s for 20 s", () => {
  const film = folder.file("film.mp4");
  beforeAll(async () => {
    const source = "testsrc2=s=640x360:r=30,noise=alls=40:allf=t";
    await mustRun([
      ...["ffmpeg", "-v", "error", "-f", "lavfi", "-i", source, "-t", "100", "-c:v", "libx264"],
      ...["-preset", "ultrafast", "-tune", "zerolatency", "-g", "30", "-b:v", "2600k", "-maxrate", "2600k"],
      ...["-bufsize", "1300k", "-y", film],
    ]);
  });

  it("makes a server skip once, and its viewers are with all others as soon as it is over", async () => {
    const [near, far] = [await NetworkHost.start(), await NetworkHost.start()];
    closing.push(() => Promise.all([near.stop(), far.stop()]));
    await near.connect("uplink", far, "downlink");
    await near.ip("addr add 10.77.0.1/24 dev uplink");
    await far.ip("addr add 10.77.0.2/24 dev downlink");
    const env = { RUNTIME_DIRECTORY: freshStateFolder(), STATE_DIRECTORY: freshStateFolder() };
    const key = ["--publish-key", "right-key-1"];
    const at = ["--host", "10.77.0.2", "--port", "8080", "--rtmp-port", "1935", "--auth", "none"];
    start(["door=rtmp", ...at, ...key], { env, runBy: far.runBy });
    const target = "rtmp://10.77.0.2/live/door?key=right-key-1";
    const here = start([`here=${film}`, "--copy", "--push", target, "--port=8080"], {
      env,
      runBy: near.runBy,
    });
    await here.firstLine();
    const statusOf = async (name: string) => {
      const { stdout } = await new Program(["status", name, "--json"], { env }).ended;
      return JSON.parse(stdout) as { readonly state: string; readonly pushes: readonly object[] };
    };
    const isOnAir = async () => (await statusOf("door")).state;
    await expect.poll(isOnAir, { timeout: 30_000, interval: 500 }).toBe("on-air");
    const own = new Arrivals(near, "http://127.0.0.1:8080/live/here.flv");
    const theirs = new Arrivals(far, "http://10.77.0.2:8080/live/door.flv");
    await expect.poll(() => theirs.lagsBehind(own, 0).length, { timeout: 30_000 }).toBeGreaterThan(150);
    const shape = (words: string) => mustRun([...near.runBy, "tc", "qdisc", ...words.split(" ")]);
    const slowMs = performance.now();
    await shape("add dev uplink root tbf rate 400kbit burst 8kb latency 100ms");
    await delay(20_000);
    await shape("del dev uplink root");
    await delay(10_000);
    const lags = theirs.lagsBehind(own, slowMs);
    const mostMs = Math.max(...lags);
    // What the kernel had taken before the skip arrives, however late: nothing takes it back but the end of the connection.
    console.log(`most lag at the far end: ${mostMs.toFixed(0)} ms of ${lags.length} pictures`);
    const { pushes } = await statusOf("here");
    expect(pushes).toMatchObject([{ state: "up", skips: 1, reconnects: 0 }]);
    expect(Math.max(...lags.slice(-60))).toBeLessThan(1000);
    const path = folder.file("theirs.flv");
    writeFileSync(path, Buffer.concat(theirs.chunks));
    const { stderr } = await mustRun(["ffmpeg", "-v", "error", "-xerror", "-i", path, "-f", "null", "-"]);
    expect(stderr.replaceAll(/.*(End of file|truncated).*\n?/gi, "")).toBe("");
  });
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
