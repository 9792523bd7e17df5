#!/usr/bin/env node
import { connect } from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import { connect as connectTls } from "node:tls";

/**
 * Healthy viewers over HTTP or HTTPS, and among them slow ones, that read SLOW_KBPS kilobytes a second, and stalled ones,
 * that read nothing.
 *
 *   mixed-viewers.js URL HEALTHY SLOW STALLED SLOW_KBPS SECONDS
 *
 * Says as JSON how long the longest gap of each healthy viewer was, in ms (median and most), what each kind read, and how many
 * of it the server had not cut off by the end.
 */
const [address = "", ...numbers] = process.argv.slice(2);
const [healthy = 0, slow = 0, stalled = 0, slowKbps = 0, seconds = 0] = numbers.map(Number);
const { protocol, hostname: host, port, pathname } = new URL(address);
const options = { host, port: Number(port), rejectUnauthorized: false };
const counts = { healthy, slow, stalled };

/** @param {keyof typeof counts} kind */
function open(kind) {
  const socket = protocol === "https:" ? connectTls(options) : connect(options);
  const beginMs = performance.now();
  const viewer = { kind, socket, beginMs, lastMs: beginMs, gapMs: 0, bytes: 0 };
  socket.write(`GET ${pathname} HTTP/1.1\r\nHost: ${host}:${port}\r\n\r\n`);
  socket.on("error", () => undefined); // seen as a close
  if (kind === "stalled") return viewer;
  socket.on("data", (data) => {
    const nowMs = performance.now();
    viewer.gapMs = Math.max(viewer.gapMs, nowMs - viewer.lastMs);
    viewer.lastMs = nowMs;
    viewer.bytes += data.length;
  });
  return viewer;
}

/** Each kind spread among the others. */
const kinds = Object.entries(counts)
  .flatMap(([kind, count]) => Array.from({ length: count }, (_, at) => ({ kind, place: (at + 0.5) / count })))
  .toSorted((one, other) => one.place - other.place)
  .map(({ kind }) => /** @type {keyof typeof counts} */ (kind));

/** @type {ReturnType<typeof open>[]} */
const viewers = [];
setInterval(() => {
  for (const { kind, socket, beginMs, bytes } of viewers)
    if (kind === "slow") {
      if (bytes > slowKbps * (performance.now() - beginMs)) socket.pause();
      else socket.resume();
    }
}, 50);
for (const kind of kinds) {
  viewers.push(open(kind));
  await wait(3);
}
await wait(2000);
for (const viewer of viewers) viewer.gapMs = 0;
await wait(seconds * 1000);
const gapsMs = viewers.filter(({ kind }) => kind === "healthy").map(({ gapMs }) => Math.round(gapMs));
gapsMs.sort((one, other) => one - other);
for (const { socket } of viewers) socket.resume(); // who does not read does not see that it was cut off
await wait(1000);
const report = Object.keys(counts).map((one) => {
  const all = viewers.filter(({ kind }) => kind === one);
  const readKbps = all.map(({ bytes, beginMs }) => bytes / (performance.now() - beginMs));
  const sum = readKbps.reduce((total, kbps) => total + kbps, 0);
  return [
    one,
    { left: all.filter(({ socket }) => !socket.closed).length, readKbps: Math.round(sum / all.length) },
  ];
});
console.log(
  JSON.stringify({ gapMs: [gapsMs[gapsMs.length >> 1], gapsMs.at(-1)], ...Object.fromEntries(report) }),
);
process.exit(0);
