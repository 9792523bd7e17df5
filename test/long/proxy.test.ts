import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { Agent, request } from "node:https";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { makeFolder } from "../e2e/folder.ts";
import { decodeComplaints } from "../e2e/judges.ts";
import { start, stopAll } from "../e2e/program.ts";
import { type Proxy, startCaddySite, startNginx, startNginxSite } from "../e2e/proxies.ts";
import { adapted, recipeBlocks, startOptions } from "../e2e/recipes.ts";
import { Viewer } from "../e2e/viewer.ts";
import { findProgram } from "../run.ts";

const TOKEN = "right-token-0123456789ab";
const SITE = "live.example.org";
const folder = makeFolder();
/** The stream, as a player on this machine has it. */
let stream: URL;

/** The recipe's command, with a test source of so few bytes that a buffer of 4 KB takes a second to fill. */
const [command = ""] = recipeBlocks("proxy", "sh");
const small = ["--audio", "none", "--size", "160x120", "--bitrate", "50k", "--fps", "15"];

beforeAll(async () => {
  const options = startOptions(adapted(command, { cam0: "--device test" }));
  const program = start([...options, ...small], { env: { FLVCAST_TOKEN: TOKEN }, patienceMs: 300_000 });
  stream = new URL(await program.firstLine());
  stream.searchParams.set("token", TOKEN);
});
afterAll(async () => {
  await stopAll();
  folder.remove();
});

/** The recipe's block in this language, with the port that flvcast has here. */
function site(language: string): string {
  const [block = ""] = recipeBlocks("proxy", language);
  return adapted(block, { "127.0.0.1:8080": stream.host });
}

const recipes = [
  ["nginx", () => startNginxSite(site("nginx"))],
  ["caddy", () => startCaddySite(site("caddyfile"))],
] as const;

let proxy: Proxy;
afterEach(async () => {
  await proxy.stop();
});

describe.each(recipes)("behind %s as the recipe has it", (program, startProxy) => {
  describe.runIf(isHere(program))(`with ${program} installed`, () => {
    beforeEach(async () => {
      proxy = await startProxy();
      await untilReady();
    });

    it("a stream comes undelayed, and decodes", async () => {
      const { viewer, medianMs } = await extraDelayMs(`${origin()}${stream.pathname}${stream.search}`, SITE);
      const path = folder.file(`${program}.flv`);
      writeFileSync(path, viewer.bytes);
      expect({ status: viewer.status, complaints: await decodeComplaints(path) }).toEqual({
        status: 200,
        complaints: "",
      });
      expect(medianMs).toBeLessThan(NOT_BUFFERED_MS);
    });

    it("the page and the picture are there, and who has no token is told so", async () => {
      const paths = [`/watch/garden?token=${TOKEN}`, `/live/garden.jpg?token=${TOKEN}`, stream.pathname];
      expect(await Promise.all(paths.map((path) => statusOf(path)))).toEqual([200, 200, 401]);
    });

    it("pages of the site may read the stream, and pages of other sites may not", async () => {
      const path = stream.pathname + stream.search;
      expect(await statusOf(path, { origin: `https://${SITE}` })).toBe(200);
      expect(await statusOf(path, { origin: "https://evil.example" })).toBe(403);
    });

    it("a WebSocket carries the stream, as it does for the page", async () => {
      const socket = new WebSocket(`${origin()}${stream.pathname}${stream.search}`.replace("https", "wss"), {
        agent: visitor(),
        headers: { host: SITE, origin: `https://${SITE}` },
      });
      const [first] = (await once(socket, "message")) as [Buffer];
      socket.terminate();
      expect(first.subarray(0, 3).toString()).toBe("FLV");
    });
  });
});

describe.runIf(isHere("nginx"))("nginx", () => {
  const headers = `proxy_set_header Host ${SITE}; proxy_set_header X-Forwarded-For $remote_addr;`;
  const pass = () => `proxy_pass ${stream.origin}; ${headers}`;

  it("does not buffer a stream where nothing is said of it: the response says so itself", async () => {
    proxy = await startNginx(`location /live/ { ${pass()} }`);
    expect((await extraDelayMs(through())).medianMs).toBeLessThan(NOT_BUFFERED_MS);
  });

  it("buffers a stream where the response is not listened to: what is measured here can be seen", async () => {
    proxy = await startNginx(`location /live/ { ${pass()} proxy_ignore_headers X-Accel-Buffering; }`);
    expect((await extraDelayMs(through())).medianMs).toBeGreaterThan(NOT_BUFFERED_MS);
  });
});

/** Less than a picture's duration at 15 a second. */
const NOT_BUFFERED_MS = 60;

function isHere(program: string): boolean {
  const isFound = findProgram(program) !== null;
  if (!isFound) process.stderr.write(`left out: flvcast behind ${program}: ${program} is not installed\n`);
  return isFound;
}

/** The stream's URL at a proxy without TLS. */
const through = () => `http://127.0.0.1:${proxy.port}${stream.pathname}${stream.search}`;

const origin = () => `https://127.0.0.1:${proxy.port}`;

/** One that looks for the site at the proxy, and takes any certificate. */
const visitor = () => new Agent({ servername: SITE, rejectUnauthorized: false });

/** The status of a request for the site, through the proxy. */
async function statusOf(path: string, headers: Record<string, string> = {}): Promise<number | undefined> {
  const asked = request(`${origin()}${path}`, {
    agent: visitor(),
    headers: { host: SITE, ...headers },
  });
  asked.end();
  const [response] = (await once(asked, "response")) as [{ statusCode?: number; destroy(): void }];
  response.destroy();
  return response.statusCode;
}

/** Caddy makes its certificate after it listens. */
async function untilReady(): Promise<void> {
  await expect.poll(() => statusOf("/healthz").catch(String)).toBe(200);
}

/** When each tag of a stream came, by its time. */
async function arrivals(url: string, seconds: number, name: string | null) {
  const viewer = new Viewer(url, { site: name });
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
async function extraDelayMs(url: string, name: string | null = null) {
  const [direct, proxied] = await Promise.all([arrivals(stream.href, 5, null), arrivals(url, 5, name)]);
  // The first group is there already when a viewer comes.
  const late = [...proxied.atMs].slice(20).flatMap(([timestampMs, atMs]) => {
    const directMs = direct.atMs.get(timestampMs);
    return directMs === undefined ? [] : [atMs - directMs];
  });
  const sorted = late.toSorted((a, b) => a - b);
  return { medianMs: sorted[Math.floor(sorted.length / 2)] ?? Number.NaN, viewer: proxied.viewer };
}
