import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { WebSocket } from "ws";
import { FlvDemuxer } from "../../src/media/flv/demuxer.ts";
import { TagType } from "../../src/media/flv/layout.ts";
import { decodeComplaints } from "../e2e/judges.ts";
import { Viewer } from "../e2e/viewer.ts";
import type { Random } from "./random.ts";

/** Where the stream under test is, and what a visitor may use. */
export interface Visited {
  readonly url: string;
  readonly random: Random;
  /** A path for a recording. */
  readonly file: () => string;
  /** Raised when the test is over. */
  readonly signal: AbortSignal;
}

/** One who comes, does what it does and goes. @returns what is wrong with what it got; null where nothing is */
export type Visitor = (visited: Visited) => Promise<string | null>;

/** Who comes, and how often. */
export const visitors: readonly (readonly [weight: number, visitor: Visitor])[] = [
  [6, watches],
  [3, watchesOverWebSocket],
  [2, readsSlowly],
  [2, neverReads],
  [3, resets],
  [3, talksRubbish],
  [2, saysNothing],
];

/** Watches for some seconds; all of it has to decode. */
async function watches(visited: Visited): Promise<string | null> {
  const viewer = new Viewer(visited.url);
  await whileOpen(viewer, visited);
  return await judged(viewer.bytes, visited);
}

async function whileOpen(viewer: Viewer, { random, signal }: Visited): Promise<void> {
  await waits(random.between(1000, 20_000), signal);
  await viewer.until(({ status }) => !Number.isNaN(status));
  viewer.leave();
}

async function watchesOverWebSocket(visited: Visited): Promise<string | null> {
  const socket = new WebSocket(visited.url.replace(/^http/, "ws"), { perMessageDeflate: false });
  const messages: Buffer[] = [];
  socket.on("message", (data: Buffer) => messages.push(data));
  await Promise.race([once(socket, "open"), once(socket, "close")]);
  await waits(visited.random.between(1000, 20_000), visited.signal);
  socket.terminate();
  return await judged(Buffer.concat(messages), visited);
}

/** Takes a little and stops, again and again: it is skipped ahead, or cut off, and what it gets decodes all the same. */
async function readsSlowly(visited: Visited): Promise<string | null> {
  const viewer = new Viewer(visited.url);
  const endMs = performance.now() + visited.random.between(5000, 30_000);
  while (performance.now() < endMs && !visited.signal.aborted) {
    await viewer.hold(500);
    await waits(20, visited.signal);
  }
  viewer.leave();
  return await judged(viewer.bytes, visited);
}

async function neverReads(visited: Visited): Promise<null> {
  const socket = await request(visited);
  socket.pause();
  await waits(visited.random.between(1000, 60_000), visited.signal);
  socket.destroy();
  return null;
}

/** Is gone in the middle of a tag, without a goodbye. */
async function resets(visited: Visited): Promise<null> {
  const socket = await request(visited);
  await waits(visited.random.between(0, 1000), visited.signal);
  socket.resetAndDestroy();
  return null;
}

async function talksRubbish(visited: Visited): Promise<null> {
  const { random } = visited;
  const socket = await connection(visited);
  const bytes = Buffer.from(Array.from({ length: random.between(1, 5000) }, () => random.between(0, 255)));
  socket.write(random.next() < 0.5 ? bytes : Buffer.concat([Buffer.from("GET /live/"), bytes]));
  await waits(random.between(0, 1000), visited.signal);
  socket.destroy();
  return null;
}

async function saysNothing(visited: Visited): Promise<null> {
  const socket = await connection(visited);
  await waits(visited.random.between(0, 20_000), visited.signal);
  socket.destroy();
  return null;
}

async function request(visited: Visited): Promise<Socket> {
  const socket = await connection(visited);
  socket.write(`GET ${new URL(visited.url).pathname} HTTP/1.1\r\nHost: ${new URL(visited.url).host}\r\n\r\n`);
  return socket;
}

async function connection({ url }: Visited): Promise<Socket> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.on("error", () => undefined); // it is shown the door
  await Promise.race([once(socket, "connect"), once(socket, "close")]);
  return socket;
}

async function waits(ms: number, signal: AbortSignal): Promise<void> {
  await delay(ms, undefined, { signal }).catch(() => undefined);
}

/** Whether a stream, cut off anywhere, decodes, and no track of it steps back. */
async function judged(bytes: Buffer, { file }: Visited): Promise<string | null> {
  const whole = wholeTags(bytes);
  if (whole.pictures === 0) return null; // gone before the first picture, or turned away
  if (whole.stepsBack > 0) return `${whole.stepsBack} timestamps step back`;
  const path = file();
  writeFileSync(path, bytes.subarray(0, whole.byteLength));
  const complaints = await decodeComplaints(path);
  return complaints === "" ? null : `${path}: ${complaints}`;
}

function wholeTags(bytes: Buffer): { pictures: number; stepsBack: number; byteLength: number } {
  const last = new Map<TagType, number>();
  const sum = { pictures: 0, stepsBack: 0, byteLength: 0 };
  for (const event of new FlvDemuxer().push(bytes)) {
    sum.byteLength += event.kind === "header" ? 13 : 11 + event.body.length + 4;
    if (event.kind === "header" || event.type === TagType.script) continue;
    if (event.timestampMs < (last.get(event.type) ?? 0)) sum.stepsBack += 1;
    last.set(event.type, event.timestampMs);
    if (event.type === TagType.video) sum.pictures += 1;
  }
  return sum;
}
