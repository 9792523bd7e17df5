import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as wait } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { cacheFolder } from "../cache-folder.ts";
import { flvcastProgram } from "../start-flvcast.ts";
import { freshStateFolder } from "../state-folder.ts";
import { childrenOf, pin, startOurs } from "./fan-out-servers.ts";
import { type Feeds, feeder, makeFeeds } from "./feed.ts";
import {
  compileLoad,
  type Load,
  type LoadPrograms,
  load,
  loadCore,
  serverCore,
  whatIsMissing,
} from "./load.ts";
import { printTable, quantile } from "./numbers.ts";
import { clockTicksPerSecond, processCost } from "./process-cost.ts";

const settleS = Number(process.env["FLVCAST_BENCH_SETTLE_SECONDS"] ?? 60);
const windowS = Number(process.env["FLVCAST_BENCH_SECONDS"] ?? 10);
const rounds = Number(process.env["FLVCAST_BENCH_ROUNDS"] ?? 3);
const streams = 8;
const viewersEach = 500;
const mib = 1024 * 1024;

const missing = whatIsMissing();
if (missing !== null) console.log(`left out: the cost of many streams: ${missing}`);

const folder = mkdtempSync(join(tmpdir(), "flvcast-many-streams-"));
let feeds: Feeds;
let programs: LoadPrograms;

beforeAll(async () => {
  if (missing !== null) return;
  programs = await compileLoad(folder);
  feeds = await makeFeeds(folder, settleS + 6 * windowS + 120);
}, 120_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface ManyStreams {
  readonly pid: number;
  readonly port: number;
  readonly paths: readonly string[];
  stop(): Promise<void>;
}

/** `flvcast serve` with so many streams, ffmpeg's place taken by the feeder. */
async function startServe(count: number): Promise<ManyStreams> {
  const file = join(folder, `${count}-streams.yml`);
  const names = Array.from({ length: count }, (_, index) => `s${index}`);
  writeFileSync(
    file,
    [
      "listen: 127.0.0.1:0",
      `defaults: { ffmpeg: ${feeder}, encoder: libx264 }`,
      "streams:",
      ...names.map((name) => `  ${name}: test:ffmpeg`),
    ].join("\n"),
  );
  const child = spawn(process.execPath, [flvcastProgram, "serve", "--config", file, "--json"], {
    stdio: ["ignore", "pipe", "inherit"],
    env: {
      ...process.env,
      CACHE_DIRECTORY: cacheFolder,
      RUNTIME_DIRECTORY: freshStateFolder(),
      STATE_DIRECTORY: freshStateFolder(),
      FLVCAST_BENCH_FEED: feeds.nut,
    },
  });
  const urls: URL[] = [];
  for await (const line of createInterface(child.stdout)) {
    urls.push(new URL((JSON.parse(line) as { url: string }).url)); // as it prints them
    if (urls.length === count) break;
  }
  const pid = child.pid ?? 0;
  await pin(pid, serverCore);
  for (const one of childrenOf(pid)) await pin(one, loadCore);
  return {
    pid,
    port: Number(urls[0]?.port),
    paths: urls.map(({ pathname }) => pathname),
    stop: async () => {
      const closed = once(child, "close");
      child.kill("SIGTERM");
      await closed;
    },
  };
}

/** RSS in MiB and CPU in percent of a core, without ffmpeg, once V8 has compiled what runs all the time. */
async function costOf(pid: number, ticksPerSecond: number): Promise<{ rss: number; cpu: number }> {
  const before = processCost(pid, ticksPerSecond);
  await wait(windowS * 1000);
  const after = processCost(pid, ticksPerSecond);
  return { rss: after.rssBytes / mib, cpu: ((after.cpuSeconds - before.cpuSeconds) / windowS) * 100 };
}

/** All viewers of a round, as one load: the costs are of the same server in the same time. */
function together(loads: readonly Load[]) {
  const windows = loads.flatMap((each) => each.windows);
  const faults = loads.map(({ connected, broken, closed_early }) => ({ connected, broken, closed_early }));
  const whole = faults.map(({ connected }) => ({ connected, broken: 0, closed_early: 0 }));
  expect(faults).toEqual(whole);
  return {
    msPerGb: 1000 / windows.reduce((sum, window) => sum + 1 / window.cpu_s_per_GB, 0),
    p99: quantile(
      windows.map(({ lat_ms }) => lat_ms.p99),
      0.5,
    ),
  };
}

describe.skipIf(missing !== null)("many streams in one process", () => {
  it("cost this much more than one", { timeout: 20 * 60_000 }, async () => {
    const ticksPerSecond = await clockTicksPerSecond();
    const alone = await Promise.all(Array.from({ length: 2 }, () => startOurs(feeds.nut)));
    const served = [await startServe(1), await startServe(2), await startServe(streams)];
    await wait(settleS * 1000);
    const costs = await Promise.all([...alone, ...served].map(({ pid }) => costOf(pid, ticksPerSecond)));
    await Promise.all([...alone, ...served].map((one) => one.stop()));
    const [single, , one, two, eight] = costs;
    if (single === undefined || one === undefined || two === undefined || eight === undefined)
      throw new Error("not measured");
    printTable(
      `720p30 without its ffmpeg and without viewers, ${windowS} s after ${settleS} s, all at once`,
      {
        "start, 1 stream": { "RSS MiB": single.rss, "CPU %": single.cpu },
        "serve, 1 stream": { "RSS MiB": one.rss, "CPU %": one.cpu },
        "serve, 2 streams": { "RSS MiB": two.rss, "CPU %": two.cpu },
        [`serve, ${streams} streams`]: { "RSS MiB": eight.rss, "CPU %": eight.cpu },
      },
    );
    const more = { rss: (eight.rss - one.rss) / (streams - 1), cpu: (eight.cpu - one.cpu) / (streams - 1) };
    console.log(`a further stream: ${more.rss.toFixed(1)} MiB, ${more.cpu.toFixed(2)} % of a core`);
    console.log(
      `RSS of ${streams} in one process to ${streams} processes: ${(eight.rss / (streams * single.rss)).toFixed(2)}`,
    );
    expect(eight.rss).toBeLessThan(streams * single.rss);
  });

  it(`serve ${streams} times ${viewersEach} viewers`, { timeout: 20 * 60_000 }, async () => {
    const results: { many: ReturnType<typeof together>; one: ReturnType<typeof together> }[] = [];
    const options = { rate: 200, win: windowS, wins: 1, sample: 10 };
    for (let round = 0; round < rounds; round += 1) {
      const many = await startServe(streams);
      const loads = await Promise.all(
        many.paths.map((path) =>
          load(programs, { ...many, path }, viewersEach, { ...options, rate: 200 / streams, warm: 5 }),
        ),
      );
      await many.stop();
      const one = await startOurs(feeds.nut);
      const whole = await load(programs, one, streams * viewersEach, options);
      await one.stop();
      results.push({ many: together(loads), one: together([whole]) });
    }
    expect(results).toHaveLength(rounds);
    printTable(`${streams} x ${viewersEach} viewers against 1 x ${streams * viewersEach}, by round`, {
      ...Object.fromEntries(
        results.map(({ many, one }, round) => [
          `round ${round + 1}`,
          {
            "many, ms CPU/GB": many.msPerGb,
            "one, ms CPU/GB": one.msPerGb,
            "many, p99 ms": many.p99,
            "one, p99 ms": one.p99,
          },
        ]),
      ),
    });
  });
});
