import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { expect, it, onTestFinished } from "vitest";
import { type RunningServer, startOurs } from "./fan-out-servers.ts";
import { feeder, makeFeeds } from "./feed.ts";
import { loadCore, serverCore, whatIsMissing } from "./load.ts";
import { printTable } from "./numbers.ts";
import { clockTicksPerSecond, processCost } from "./process-cost.ts";

/** Until V8 has compiled what runs all the time. */
const settleS = Number(process.env["FLVCAST_BENCH_SETTLE_SECONDS"] ?? 60);
const windowS = Number(process.env["FLVCAST_BENCH_SECONDS"] ?? 30);
const copier = fileURLToPath(new URL("load/copier.js", import.meta.url));

const missing = whatIsMissing();
if (missing !== null) console.log(`left out: flvcast's own cost against a copy: ${missing}`);

it.skipIf(missing !== null)(
  "flvcast itself costs this much with one viewer and with none, against a bare copy of both pipes",
  { timeout: (settleS + windowS + 120) * 1000 },
  async () => {
    const folder = mkdtempSync(join(tmpdir(), "flvcast-own-cost-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const { nut } = await makeFeeds(folder, settleS + windowS + 60);
    const ticksPerSecond = await clockTicksPerSecond();
    const [watched, unwatched] = [await startOurs(nut), await startOurs(nut)];
    for (const one of [watched, unwatched]) onTestFinished(() => one.stop());
    const copy = await startCopy(nut);
    view(watched, `GET ${watched.path} HTTP/1.1\r\nHost: 127.0.0.1:${watched.port}\r\n\r\n`);
    view(copy);
    await wait(settleS * 1000);
    const seconds = () =>
      [copy, watched, unwatched].map(({ pid }) => processCost(pid, ticksPerSecond).cpuSeconds);
    const before = seconds();
    await wait(windowS * 1000);
    const after = seconds();
    const [copied = 0, ...ours] = after.map((cpu, index) => ((cpu - (before[index] ?? 0)) / windowS) * 100);
    expect(copied).toBeGreaterThan(0);
    const row = (percent: number) => ({
      "CPU % of a core": percent,
      "percent of the copy": (100 * percent) / copied,
    });
    const [withOne = 0, withNone = 0] = ours;
    printTable(`720p30 without its ffmpeg, ${windowS} s, after ${settleS} s, all three at once`, {
      "a bare copy, one viewer": row(copied),
      "flvcast, one viewer": row(withOne),
      "flvcast, no viewer": row(withNone),
    });
  },
);

/** The copier, on the server's core, and its source on the other. */
async function startCopy(feed: string): Promise<Pick<RunningServer, "pid" | "port">> {
  const source = ["taskset", "-c", loadCore, process.execPath, feeder];
  const child = spawn("taskset", ["-c", serverCore, process.execPath, copier, ...source], {
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, FLVCAST_BENCH_FEED: feed },
  });
  onTestFinished(() => ended(child));
  const [line] = (await once(child.stdout.setEncoding("utf8"), "data")) as [string];
  return { pid: child.pid ?? 0, port: Number(line) };
}

async function ended(child: ChildProcess): Promise<void> {
  const closed = once(child, "close");
  child.kill("SIGTERM");
  await closed;
}

/** One who takes all that comes. */
function view({ port }: Pick<RunningServer, "port">, request = ""): void {
  const socket = connect(port, "127.0.0.1").resume();
  socket.write(request);
  onTestFinished(() => void socket.destroy());
}
