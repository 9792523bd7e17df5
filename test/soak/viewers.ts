import { existsSync, readFileSync } from "node:fs";
import { TLSSocket } from "node:tls";
import { WebSocket } from "ws";
import { Viewer } from "../e2e/viewer.ts";
import { run } from "../run.ts";
import { judged } from "./judged.ts";
import { OwnTime } from "./own-time.ts";
import { requested } from "./strangers.ts";
import { type Visited, type Visitor, waits } from "./visited.ts";

/** Half of what the streams send. */
const HALF_BYTES_PER_SECOND = 30_000;
const CURL_TIMED_OUT = 28;

/** Who watches, and how often. */
export const viewers: readonly (readonly [weight: number, visitor: Visitor])[] = [
  [6, watches],
  [3, watchesOverWebSocket],
  [1, pingsOverWebSocket],
  [1, offersHttp2],
  [2, slowly(readsByFits)],
  [2, slowly(readsAtHalfRate)],
  [2, slowly(neverReads)],
  [3, resets],
];

/** What it gets has to decode; no kind of end is a fault of a stream that comes and goes. */
async function watched(viewer: Viewer, visited: Visited, watchedMs = 0): Promise<string | null> {
  viewer.leave();
  return await judged(viewer.bytes, visited, watchedMs);
}

/** Watches for some seconds. */
async function watches(visited: Visited): Promise<string | null> {
  const viewer = new Viewer(visited.target.url);
  const time = new OwnTime(visited.target.pid);
  await waits(visited.random.between(1000, 20_000), visited.signal);
  const comesMs = performance.now();
  if (visited.target.isSteady)
    await viewer
      .until(({ status }) => status === 200)
      .catch((error: unknown) => {
        throw new Error(
          `${String(error)}, ${viewer.bytes.length} bytes, ${Math.round(performance.now() - comesMs)} ms after ${Math.round(time.ms)} ms`,
        );
      });
  return await watched(viewer, visited, time.ms);
}

async function watchesOverWebSocket(visited: Visited): Promise<string | null> {
  return await overWebSocket(visited, () => undefined);
}

/** More often than any browser or library does. */
async function pingsOverWebSocket(visited: Visited): Promise<string | null> {
  return await overWebSocket(
    visited,
    (socket) => socket.readyState === WebSocket.OPEN && socket.ping("here"),
  );
}

async function overWebSocket(visited: Visited, act: (socket: WebSocket) => void): Promise<string | null> {
  const { target, random, signal } = visited;
  const socket = new WebSocket(target.url.replace(/^http/, "ws"), {
    perMessageDeflate: false,
    rejectUnauthorized: false,
  });
  const time = new OwnTime(target.pid);
  const messages: Buffer[] = [];
  socket.on("message", (data: Buffer) => messages.push(data));
  socket.on("error", () => undefined); // what it got tells
  const acting = setInterval(act, 200, socket);
  await waits(random.between(1000, 20_000), signal);
  clearInterval(acting);
  const isOpen = socket.readyState === WebSocket.OPEN;
  const watchedMs = time.ms;
  socket.terminate();
  if (target.isSteady && !isOpen && watchedMs > 5000) return "it was cut off";
  return await judged(Buffer.concat(messages), visited, watchedMs);
}

/** Gets HTTP/1.1: by ALPN over TLS, and for an upgrade to h2c that nobody answers. */
async function offersHttp2({ target, random, path, signal, ...rest }: Visited): Promise<string | null> {
  const seconds = random.between(2, 8);
  const options = [
    "-sSk",
    "--http2",
    "--max-time",
    `${seconds}`,
    "--write-out",
    "%{http_version} %{http_code}",
  ];
  const { stdout, stderr, exitCode } = await run(["curl", ...options, "--output", path, target.url]);
  if (target.isSteady && (stdout !== "1.1 200" || exitCode !== CURL_TIMED_OUT))
    return `curl ended with ${exitCode}, ${stdout}: ${stderr}`;
  const bytes = existsSync(path) ? readFileSync(path) : Buffer.alloc(0);
  return stdout === "1.1 200" ? await judged(bytes, { target, random, path, signal, ...rest }) : null;
}

/** While it is there, a stop may have to wait for it. */
function slowly(visitor: Visitor): Visitor {
  const slow: Visitor = async (visited) => {
    visited.target.slow += 1;
    try {
      return await visitor(visited);
    } finally {
      visited.target.slow -= 1;
    }
  };
  Object.defineProperty(slow, "name", { value: visitor.name });
  return slow;
}

/** Takes a little and stops, again and again: it is skipped ahead, or cut off, and what it gets decodes all the same. */
async function readsByFits(visited: Visited): Promise<string | null> {
  const viewer = new Viewer(visited.target.url);
  const endMs = performance.now() + visited.random.between(5000, 30_000);
  while (performance.now() < endMs && !visited.signal.aborted) {
    await viewer.hold(500);
    await waits(20, visited.signal);
  }
  return await watched(viewer, visited);
}

async function readsAtHalfRate(visited: Visited): Promise<string | null> {
  const viewer = new Viewer(visited.target.url);
  viewer.throttle(HALF_BYTES_PER_SECOND);
  await waits(visited.random.between(5000, 60_000), visited.signal);
  return await watched(viewer, visited);
}

async function neverReads(visited: Visited): Promise<null> {
  const socket = await requested(visited);
  socket.pause();
  await waits(visited.random.between(1000, 60_000), visited.signal);
  socket.destroy();
  return null;
}

/** Is gone in the middle of a tag, without a goodbye. */
async function resets(visited: Visited): Promise<null> {
  const socket = await requested(visited);
  await waits(visited.random.between(0, 1000), visited.signal);
  if (socket instanceof TLSSocket || socket.destroyed) socket.destroy();
  else socket.resetAndDestroy();
  return null;
}
