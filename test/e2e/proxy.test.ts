import { writeFileSync } from "node:fs";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { findProgram } from "../run.ts";
import { makeFolder } from "./folder.ts";
import { decodeComplaints } from "./judges.ts";
import { start, stopAll } from "./program.ts";
import { type Proxy, startCaddy, startNginx } from "./proxies.ts";
import { Viewer } from "./viewer.ts";

const folder = makeFolder();
let stream: URL;

/** So little that a buffer of 4 KB takes a second to fill: whoever buffers is found out. */
const SMALL = ["--device", "test", "--audio", "none", "--size", "160x120", "--bitrate", "50k"];

beforeAll(async () => {
  const trusting = ["--trusted-proxy", "loopback"]; // Caddy says who asks without being told to
  stream = new URL(await start([...SMALL, ...trusting, "--fps", "15"]).firstLine());
});
afterAll(async () => {
  await stopAll();
  folder.remove();
});

let proxy: Proxy | null = null;
afterEach(async () => {
  await proxy?.stop();
  proxy = null;
});

/** The address of the stream, at a proxy. */
const through = ({ port }: Proxy) => `http://127.0.0.1:${port}${stream.pathname}`;

/** When each tag of a stream came, by its time. */
async function arrivals(url: string, seconds: number) {
  const viewer = new Viewer(url);
  const atMs = new Map<number, number>();
  await viewer.until(({ recording }) => {
    for (const { timestampMs } of recording.tags)
      if (!atMs.has(timestampMs)) atMs.set(timestampMs, performance.now());
    return recording.spanMs >= seconds * 1000;
  });
  viewer.leave();
  return { viewer, atMs };
}

/** How much later a live picture comes through the proxy than without it: the median of some seconds. */
async function extraDelayMs(url: string): Promise<{ readonly medianMs: number; readonly viewer: Viewer }> {
  const [direct, proxied] = await Promise.all([arrivals(stream.href, 5), arrivals(url, 5)]);
  // The first group is there already when a viewer comes.
  const late = [...proxied.atMs].slice(20).flatMap(([timestampMs, atMs]) => {
    const directMs = direct.atMs.get(timestampMs);
    return directMs === undefined ? [] : [atMs - directMs];
  });
  const sorted = late.toSorted((a, b) => a - b);
  return { medianMs: sorted[Math.floor(sorted.length / 2)] ?? Number.NaN, viewer: proxied.viewer };
}

/** Less than a picture's duration at 15 a second. */
const NOT_BUFFERED_MS = 60;

/** Some seconds of a stream: how it was answered, whether it came in time, and what ffmpeg finds wrong with it. */
async function seen(url: string) {
  const { medianMs, viewer } = await extraDelayMs(url);
  const path = folder.file("proxied.flv");
  writeFileSync(path, viewer.bytes);
  return {
    status: viewer.status,
    isInTime: medianMs < NOT_BUFFERED_MS,
    complaints: await decodeComplaints(path),
  };
}

const asItShould = { status: 200, isInTime: true, complaints: "" };

function isHere(program: string): boolean {
  const isFound = findProgram(program) !== null;
  if (!isFound) process.stderr.write(`left out: flvcast behind ${program}: ${program} is not installed\n`);
  return isFound;
}

describe.runIf(isHere("nginx"))("behind nginx", () => {
  it("a stream is not buffered as docs/recipes/proxy.md has it, and decodes", async () => {
    proxy = await startNginx(
      `location /live/ { proxy_pass ${stream.origin}; proxy_http_version 1.1; proxy_buffering off; }`,
    );
    expect(await seen(through(proxy))).toEqual(asItShould);
  });

  it("a stream is not buffered without a word about it: the response says so itself", async () => {
    proxy = await startNginx(`location /live/ { proxy_pass ${stream.origin}; }`);
    expect(await seen(through(proxy))).toEqual(asItShould);
  });

  it("a stream is buffered where the response is not listened to: what is measured here can be seen", async () => {
    proxy = await startNginx(
      `location /live/ { proxy_pass ${stream.origin}; proxy_ignore_headers X-Accel-Buffering; }`,
    );
    expect((await extraDelayMs(through(proxy))).medianMs).toBeGreaterThan(NOT_BUFFERED_MS);
  });
});

describe.runIf(isHere("caddy"))("behind Caddy", () => {
  it("a stream is not buffered as docs/recipes/proxy.md has it, and decodes", async () => {
    proxy = await startCaddy(`reverse_proxy /live/* ${stream.host} {\n flush_interval -1\n}`);
    expect(await seen(through(proxy))).toEqual(asItShould);
  });
});
