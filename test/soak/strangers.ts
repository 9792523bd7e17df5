import type { Socket } from "node:net";
import { connectionFor } from "../e2e/viewer.ts";
import { run } from "../run.ts";
import { type Visited, type Visitor, waits } from "./visited.ts";

/** Who comes for nothing, and how often. */
export const strangers: readonly (readonly [weight: number, visitor: Visitor])[] = [
  [3, talksRubbish],
  [2, saysNothing],
  [1, insistsOnHttp2],
];

async function talksRubbish(visited: Visited): Promise<null> {
  const { random, signal } = visited;
  const socket = await connected(visited);
  const bytes = Buffer.from(Array.from({ length: random.between(1, 5000) }, () => random.between(0, 255)));
  socket.write(random.next() < 0.5 ? bytes : Buffer.concat([Buffer.from("GET /live/"), bytes]));
  await waits(random.between(0, 1000), signal);
  socket.destroy();
  return null;
}

async function saysNothing(visited: Visited): Promise<null> {
  const socket = await connected(visited);
  await waits(visited.random.between(0, 20_000), visited.signal);
  socket.destroy();
  return null;
}

/** As if the server had said that it speaks HTTP/2. It is refused, and soon. */
async function insistsOnHttp2({ target }: Visited): Promise<string | null> {
  const command = ["curl", "-sk", "--http2-prior-knowledge", "--max-time", "50", "--output", "/dev/null"];
  const { exitCode } = await run([...command, target.url.replace("https:", "http:")]);
  return exitCode === 0 || exitCode === 28 ? `curl ended with ${exitCode}` : null;
}

/** A connection that has asked for the stream. */
export async function requested(visited: Visited): Promise<Socket> {
  const socket = await connected(visited);
  const { pathname, host } = new URL(visited.target.url);
  socket.write(`GET ${pathname} HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
  return socket;
}

/** A connection, or one that was refused already. */
async function connected({ target }: Visited): Promise<Socket> {
  const socket = connectionFor(target.url);
  socket.on("error", () => undefined); // it is sent away
  const isThere = target.url.startsWith("https:") ? "secureConnect" : "connect";
  await new Promise<void>((resolve) => socket.once(isThere, resolve).once("close", () => resolve()));
  return socket;
}
