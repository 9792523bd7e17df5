#!/usr/bin/env node
import { connect } from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import { connect as connectTls } from "node:tls";

/**
 * Viewers over every way, that read and count; what they get is not looked at. Any certificate is good.
 *
 *   viewers.js WAY URL COUNT WARM_S MEASURED_S        WAY: http, https, ws or wss
 *
 * Says "begin" on stdout when the measured time begins, and when it is over how many bytes came in it and how many
 * viewers were still there, as JSON.
 */
const [way = "", address = "", ...numbers] = process.argv.slice(2);
const [count = 0, warmS = 0, measuredS = 0] = numbers.map(Number);
const { hostname: host, port, pathname } = new URL(address);
const toServer = { host, port: Number(port), rejectUnauthorized: false };
let bytes = 0;
let viewers = 0;

/** @param {import("node:stream").Duplex} stream */
function read(stream) {
  viewers += 1;
  stream.on("data", (data) => (bytes += data.length));
  stream.on("error", () => undefined); // seen as a close
  stream.once("close", () => (viewers -= 1));
}

const upgrade =
  "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";

/** @param {boolean} isTls @param {string} headers */
function openHttp1(isTls, headers) {
  const socket = isTls ? connectTls({ ...toServer, ALPNProtocols: ["http/1.1"] }) : connect(toServer);
  socket.write(`GET ${pathname} HTTP/1.1\r\nHost: ${host}:${port}\r\n${headers}\r\n`);
  read(socket);
}

/** @type {Readonly<Record<string, () => void>>} */
const open = {
  http: () => openHttp1(false, ""),
  https: () => openHttp1(true, ""),
  ws: () => openHttp1(false, upgrade),
  wss: () => openHttp1(true, upgrade),
};

for (let opened = 0; opened < count; opened += 1) {
  open[way]?.();
  await wait(5);
}
await wait(warmS * 1000);
bytes = 0;
console.log("begin");
await wait(measuredS * 1000);
console.log(JSON.stringify({ bytes, viewers }));
process.exit(0);
