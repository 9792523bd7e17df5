#!/usr/bin/env node
import { writeSync } from "node:fs";
import { setTimeout as wait } from "node:timers/promises";
import { playRecording } from "./recording.js";

/**
 * Stands in for ffmpeg and for a device: sends the recording that FLVCAST_BENCH_FEED names (recording.js) to its file
 * descriptors, and ends after the last piece.
 */

if (process.argv.includes("-version")) {
  console.log("ffmpeg version 7.1 Copyright (c) 2000-2024 the FFmpeg developers");
  process.exit(0);
}
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => process.exit(255));

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

await playRecording(process.env["FLVCAST_BENCH_FEED"] ?? "", write);
