import { once } from "node:events";
import { readdirSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import type { Target } from "./load.ts";
import { clockTicksPerSecond, processCost } from "./process-cost.ts";

const mib = 1024 * 1024;
/** Connections that ask for nothing. */
const halfOpen = 1000;
/** What is closed takes a while to be forgotten. */
const settleMs = 15_000;

interface Disturbance {
  readonly seconds: number;
  readonly perSecond: number;
}

/** What an unkind client does once it is connected. */
const kinds: Readonly<Record<string, (socket: Socket, path: string) => void>> = {
  "watches and leaves": (socket, path) => {
    socket.write(`GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n`);
    setTimeout(() => socket.destroy(), 50 + Math.random() * 200);
  },
  "watches and resets": (socket, path) => {
    socket.write(`GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n`);
    setTimeout(() => socket.resetAndDestroy(), 50 + Math.random() * 200);
  },
  "sends random bytes": (socket) => {
    socket.end(Buffer.from(Array.from({ length: 300 }, () => Math.random() * 256)));
  },
};

/** One after the other, strangers of each kind and half-open connections; what one viewer saw of it, and the server's size. */
export async function disturb(server: Target, { seconds, perSecond }: Disturbance) {
  const ticksPerSecond = await clockTicksPerSecond();
  const viewer = watch(server);
  const size = () => ({
    "RSS MiB": processCost(server.pid, ticksPerSecond).rssBytes / mib,
    descriptors: readdirSync(`/proc/${server.pid}/fd`).length,
    "viewer's longest gap ms": viewer.longestGapMs(),
  });
  await wait(2000);
  const rows: Record<string, ReturnType<typeof size>> = { before: size() };
  for (const [name, act] of Object.entries(kinds)) {
    const endMs = performance.now() + seconds * 1000;
    for (let count = 0; performance.now() < endMs; count++) {
      const socket = open(server);
      socket.once("connect", () => act(socket, server.path)).resume();
      await wait(Math.max(0, endMs - seconds * 1000 + ((count + 1) * 1000) / perSecond - performance.now()));
    }
    rows[name] = size();
  }
  const silent = Array.from({ length: halfOpen }, () => open(server));
  await wait(2000);
  rows[`${halfOpen} half-open`] = size();
  for (const socket of silent) socket.destroy();
  await wait(settleMs);
  rows["afterwards"] = size();
  const isServed = viewer.isServed();
  await viewer.leave();
  if (!isServed) throw new Error("the healthy viewer lost its stream");
  return rows;
}

function open({ port }: Target): Socket {
  return connect(port, "127.0.0.1").on("error", () => undefined); // being refused is no failure of ours
}

function watch(server: Target) {
  let lastMs = performance.now();
  let gapMs = 0;
  const socket = open(server);
  socket.write(`GET ${server.path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n`);
  socket.on("data", () => {
    gapMs = Math.max(gapMs, performance.now() - lastMs);
    lastMs = performance.now();
  });
  return {
    /** Since the last time it was asked. */
    longestGapMs: () => {
      const longestMs = gapMs;
      gapMs = 0;
      return longestMs;
    },
    isServed: () => !socket.destroyed && performance.now() - lastMs < 2000,
    leave: async () => {
      const closed = once(socket, "close");
      socket.destroy();
      await closed;
    },
  };
}
