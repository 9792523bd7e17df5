#!/usr/bin/env node
import { once } from "node:events";
import { appendFileSync, createReadStream, createWriteStream, statSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";

/**
 * Stands in for ffmpeg. `-version` is answered as ffmpeg 7.1 does; otherwise it takes the steps in the environment
 * variable FAKE_FFMPEG, a JSON array, one after the other, and then exits with 0:
 *
 *   {"replay": {"1": "video.nut", "3": "audio.nut"}}    writes each file to its fd, all at once
 *     … "seconds": 2                                    … evenly over that time
 *     … "bytes": 5000                                   … and no more of each than this
 *   {"rubbish": 1000, "fd": 1}                          bytes that are no format's, the same each time
 *   {"stderr": "text", "times": 100000}                 a line on stderr, so many times
 *   {"ignore": "SIGTERM"}                               from here on; else ffmpeg's answer: a line and exit 255
 *   {"waitMs": 100}
 *   {"stall": true}                                     neither writes nor exits, for ever
 *   {"signal": "SIGKILL"}                               to itself
 *   {"exit": 1}
 *
 * Where FAKE_FFMPEG_LIVES names a folder, FAKE_FFMPEG tells of several starts: {"video": [steps, …], "audio": [steps, …]},
 * by what the process is to encode. The first start takes the first list of steps, the next one the next; all that
 * come later take the last. The folder has a file for each kind, with a byte for each start.
 *
 * FAKE_FFMPEG_LOG names a file to which each start appends its arguments, a JSON array a line.
 */

const args = process.argv.slice(2);
const log = process.env["FAKE_FFMPEG_LOG"];
if (log !== undefined) appendFileSync(log, `${JSON.stringify(args)}\n`);

if (args.includes("-version")) {
  console.log("ffmpeg version 7.1 Copyright (c) 2000-2024 the FFmpeg developers");
  console.log("libavutil      59. 39.100 / 59. 39.100");
  process.exit(0);
}

/** @type {Set<NodeJS.Signals>} */
const ignored = new Set();
for (const [name, number] of /** @type {const} */ ([
  ["SIGINT", 2],
  ["SIGTERM", 15],
])) {
  process.on(name, () => {
    if (ignored.has(name)) return;
    console.error(`Exiting normally, received signal ${number}.`);
    process.exit(255);
  });
}

/** @type {Map<number, import("node:fs").WriteStream>} */
const outputs = new Map();

/** @param {number} fd */
function output(fd) {
  const open = outputs.get(fd) ?? createWriteStream("", { fd });
  if (!outputs.has(fd)) {
    open.on("error", () => {
      console.error(`Error writing trailer of pipe:${fd}: Broken pipe`);
      process.exit(1);
    });
  }
  outputs.set(fd, open);
  return open;
}

/** @param {number} fd @param {Uint8Array} bytes */
async function write(fd, bytes) {
  if (!output(fd).write(bytes)) await once(output(fd), "drain");
}

const piecesPerSecond = 50;

/** @param {number} fd @param {string} path @param {{ bytes?: number, seconds?: number }} how */
async function replay(fd, path, { bytes = Infinity, seconds = 0 }) {
  const length = Math.min(bytes, statSync(path).size);
  if (length === 0) return;
  const pieces = Math.max(1, Math.round(seconds * piecesPerSecond));
  const startMs = performance.now();
  const highWaterMark = seconds === 0 ? 65_536 : Math.ceil(length / pieces);
  let piece = 0;
  for await (const chunk of createReadStream(path, { end: length - 1, highWaterMark })) {
    const dueMs = startMs + (1000 * piece++) / piecesPerSecond;
    if (seconds > 0) await wait(Math.max(0, dueMs - performance.now()));
    await write(fd, chunk);
  }
}

/** @param {string} text @param {number} times */
async function say(text, times) {
  const flood = Buffer.from(`${text}\n`.repeat(Math.min(times, 1000)));
  for (let said = 0; said < times; said += 1000) {
    const lines = Math.min(1000, times - said);
    const piece = flood.subarray(0, (flood.length / Math.min(times, 1000)) * lines);
    if (!process.stderr.write(piece)) await once(process.stderr, "drain");
  }
}

/**
 * Bytes of a linear congruential generator: no syncword of any format, and the same in every run.
 * @param {number} count
 */
function rubbish(count) {
  let state = 1;
  return Uint8Array.from(
    { length: count },
    () => (state = (state * 1_103_515_245 + 12_345) % 2 ** 31) >>> 16,
  );
}

/** What this start is to do. */
function stepsOfThisLife() {
  const told = JSON.parse(process.env["FAKE_FFMPEG"] ?? "[]");
  const folder = process.env["FAKE_FFMPEG_LIVES"];
  if (folder === undefined) return told;
  const kind = args.includes("-c:v") ? "video" : "audio";
  const count = join(folder, kind);
  appendFileSync(count, "x");
  const lives = told[kind];
  return lives[Math.min(statSync(count).size, lives.length) - 1];
}

for (const step of stepsOfThisLife()) {
  if ("replay" in step) {
    await Promise.all(Object.entries(step.replay).map(([fd, path]) => replay(Number(fd), path, step)));
  } else if ("rubbish" in step) {
    await write(step.fd ?? 1, rubbish(step.rubbish));
  } else if ("stderr" in step) {
    await say(step.stderr, step.times ?? 1);
  } else if ("ignore" in step) {
    ignored.add(step.ignore);
  } else if ("waitMs" in step) {
    await wait(step.waitMs);
  } else if ("stall" in step) {
    await wait(2 ** 31 - 1);
  } else if ("signal" in step) {
    process.kill(process.pid, step.signal);
    await wait(2 ** 31 - 1);
  } else if ("exit" in step) {
    await ended();
    process.exit(step.exit);
  } else {
    throw new Error(`FAKE_FFMPEG: no such step: ${JSON.stringify(step)}`);
  }
}
await ended();
process.exit(0);

/** Everything written has left. */
async function ended() {
  await Promise.all([...outputs.values()].map((stream) => new Promise((resolve) => stream.end(resolve))));
  await new Promise((resolve) => process.stderr.write("", resolve)); // a pipe that is full is written later
}
