#!/usr/bin/env node
import { closeSync, openSync, readFileSync, readSync, writeSync } from "node:fs";
import { setTimeout as wait } from "node:timers/promises";

/**
 * Stands in for ffmpeg and for a device: sends a recording in real time, each piece when it is due, and writes into each
 * picture's last bytes when it was sent, as flvload wants it: "FLVT", the monotonic clock's nanoseconds in 16 hex
 * digits, 0x80. FLVCAST_BENCH_FEED names the JSON file that says what to send:
 *
 *   {"files": [{"fd": 1, "path": "video.nut"}, …], "stamps": true,
 *    "pieces": [[index of the file, offset of its end, offset of the stamp's end or -1, milliseconds], …]}
 *
 * After the last piece it ends.
 */

if (process.argv.includes("-version")) {
  console.log("ffmpeg version 7.1 Copyright (c) 2000-2024 the FFmpeg developers");
  process.exit(0);
}
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => process.exit(255));

const STAMP_BYTES = 21;
const { files, stamps, pieces } = JSON.parse(readFileSync(process.env["FLVCAST_BENCH_FEED"] ?? "", "utf8"));
const sources = files.map((/** @type {{ fd: number, path: string }} */ { fd, path }) => ({
  ...{ fd, file: openSync(path, "r"), sentBytes: 0 },
}));

/** @param {number} fd @param {Buffer} bytes */
async function write(fd, bytes) {
  for (let at = 0; at < bytes.length; ) {
    try {
      at += writeSync(fd, bytes, at);
    } catch (error) {
      if (/** @type {NodeJS.ErrnoException} */ (error).code === "EPIPE") process.exit(1);
      if (/** @type {NodeJS.ErrnoException} */ (error).code !== "EAGAIN") throw error;
      await wait(1);
    }
  }
}

const startMs = performance.now();
for (const [index, end, stampEnd, dueMs] of pieces) {
  const source = sources[index];
  const bytes = Buffer.allocUnsafe(end - source.sentBytes);
  readSync(source.file, bytes, 0, bytes.length, source.sentBytes);
  const early = startMs + dueMs - performance.now();
  if (early > 0) await wait(early);
  if (stamps && stampEnd >= 0) {
    const time = process.hrtime.bigint().toString(16).padStart(16, "0");
    bytes.write(`FLVT${time}\x80`, stampEnd - source.sentBytes - STAMP_BYTES, "latin1");
  }
  source.sentBytes = end;
  await write(source.fd, bytes);
}
for (const { file } of sources) closeSync(file);
