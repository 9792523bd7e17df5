import { spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as wait } from "node:timers/promises";
import { expect, it } from "vitest";
import { startFlvcast } from "../start-flvcast.ts";
import { printTable, slope } from "./numbers.ts";
import { clockTicksPerSecond, processCost } from "./process-cost.ts";

const minutes = Number(process.env["FLVCAST_BENCH_MINUTES"] ?? 2);
/** Until the first collections of garbage the heap only grows. */
const settleSeconds = Math.min(30, minutes * 15);
const mib = 1024 * 1024;

it.skipIf(process.platform !== "linux")(
  "flvcast itself uses this much, with one stream and one viewer",
  async () => {
    const ticksPerSecond = await clockTicksPerSecond();
    const stream = await startFlvcast(["--device", "test:ffmpeg"]);
    const viewer = spawn("curl", ["-sS", "-o", "/dev/null", stream.url], {
      stdio: ["ignore", "ignore", "inherit"],
    });
    try {
      await wait(settleSeconds * 1000);
      const startMs = performance.now();
      const sample = () => {
        const { cpuSeconds, rssBytes } = processCost(stream.pid, ticksPerSecond);
        return { minutes: (performance.now() - startMs) / 60_000, cpuSeconds, rssMib: rssBytes / mib };
      };
      const first = sample();
      const samples = [first];
      while (performance.now() - startMs < minutes * 60_000) {
        await wait(1000);
        if (viewer.exitCode !== null) throw new Error(`the viewer ended with ${viewer.exitCode}`);
        samples.push(sample());
      }
      const last = samples.at(-1) ?? first;
      expect(last.cpuSeconds).toBeGreaterThan(first.cpuSeconds);
      printTable(`flvcast without its ffmpeg, 720p30 test source, one viewer, ${minutes} min`, {
        "": {
          "CPU % of a core":
            ((last.cpuSeconds - first.cpuSeconds) / ((last.minutes - first.minutes) * 60)) * 100,
          "RSS highest MiB": Math.max(...samples.map(({ rssMib }) => rssMib)),
          "RSS growth KiB/min": slope(samples.map((each) => ({ x: each.minutes, y: each.rssMib * 1024 }))),
        },
      });
    } finally {
      const closed = viewer.exitCode === null ? once(viewer, "close") : null;
      viewer.kill();
      await closed;
      await stream.stop();
    }
  },
);
