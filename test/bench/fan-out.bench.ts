import { mkdtempSync, rmSync } from "node:fs";
import { readFile, truncate } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { previousTagSizeBytes, tagHeaderBytes } from "../../src/media/flv/layout.ts";
import { mustRun, run } from "../run.ts";
import { startLimit, startOurs } from "./fan-out-servers.ts";
import { type Feeds, makeFeeds } from "./feed.ts";
import { compileLoad, type Load, type LoadPrograms, load, whatIsMissing } from "./load.ts";
import { faultsOf, measured, median, over, row, windowsOf } from "./load-results.ts";
import { printTable } from "./numbers.ts";
import { clockTicksPerSecond } from "./process-cost.ts";
import { disturb } from "./unkind.ts";
import { costOf, type Way, ways } from "./ways.ts";

/** A round measures each server once, in turns, so that both meet whatever else this machine does. */
const rounds = Number(process.env["FLVCAST_BENCH_ROUNDS"] ?? 3);
const windowS = Number(process.env["FLVCAST_BENCH_SECONDS"] ?? 10);
/** How long slow and stalled viewers are put up with, and strangers come and go. */
const longS = Number(process.env["FLVCAST_BENCH_LONG_SECONDS"] ?? 60);
const viewersPerSecond = 200;
/** For each transport: the load is a Node program, and takes several times what the server takes. */
const wayViewers = 200;
const kib = 1024;
/** FLV header and PreviousTagSize0. */
const flvBeginBytes = 13;

const missing = whatIsMissing();
if (missing !== null) console.log(`left out: the cost of viewers: ${missing}`);
const folder = mkdtempSync(join(tmpdir(), "flvcast-fan-out-"));
let feeds: Feeds;
let programs: LoadPrograms;

beforeAll(async () => {
  if (missing !== null) return;
  programs = await compileLoad(folder);
  feeds = await makeFeeds(folder, 4 * windowS + longS + 90);
}, 120_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const ours = () => startOurs(feeds.nut);
const limit = (mergeMs: number) => () => startLimit(programs, feeds, mergeMs);

/** Both servers in turns, with so many viewers. */
async function compare(viewers: number, mergeMs: number, more: Readonly<Record<string, number>> = {}) {
  const options = { rate: viewersPerSecond, win: windowS, wins: 1, ...more };
  const results: { readonly ours: Load; readonly limit: Load }[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const first = await measured(ours, (server) => load(programs, server, viewers, options));
    const second = await measured(limit(mergeMs), (server) => load(programs, server, viewers, options));
    results.push({ ours: first, limit: second });
  }
  return { ours: results.map((each) => each.ours), limit: results.map((each) => each.limit) };
}

/** Whether all of them keep up. */
function evenness(loads: readonly Load[]) {
  return {
    ...row(loads),
    "slowest kB/s": Math.min(...windowsOf(loads).map(({ viewer_kBps }) => viewer_kBps.min)),
    "median kB/s": over(loads, ({ viewer_kBps }) => viewer_kBps.med),
    "gap p99 ms": over(loads, ({ gap_ms }) => gap_ms.p99),
  };
}

describe.skipIf(missing !== null)("the fan-out, its server on one core and the load on the other", () => {
  it("costs this much for a thousand viewers", async () => {
    const both = await compare(1000, 100);
    expect(faultsOf(both.ours, 1000)).toEqual([]);
    printTable(`1,000 viewers, ${rounds} rounds in turns, medians`, {
      flvcast: row(both.ours),
      "flvlimit, 100 ms": row(both.limit),
    });
    const ratios = both.ours.map((each, round) => {
      const other = both.limit[round];
      return (
        over([each], (window) => window.cpu_s_per_GB) /
        over(other ? [other] : [], (window) => window.cpu_s_per_GB)
      );
    });
    console.log(`CPU per GB, flvcast to flvlimit: ${ratios.map((ratio) => ratio.toFixed(2)).join(", ")}`);
  });

  it("serves four thousand", async () => {
    const both = await compare(4000, 100, { sample: 10 });
    expect(faultsOf(both.ours, 4000)).toEqual([]);
    printTable("4,000 viewers", { flvcast: evenness(both.ours), "flvlimit, 100 ms": evenness(both.limit) });
  });

  it.each([1, 100])("delivers to %i as early as can be", async (viewers) => {
    const both = await compare(viewers, 0);
    expect(faultsOf(both.ours, viewers)).toEqual([]);
    printTable(`${viewers} viewers`, { flvcast: row(both.ours), "flvlimit, tag by tag": row(both.limit) });
  });

  it("costs this much over each transport", async () => {
    const ticksPerSecond = await clockTicksPerSecond();
    const [cert, key] = await makeCertificate();
    const tls = () => startOurs(feeds.nut, ["--tls-cert", cert, "--tls-key", key]);
    const cost = (way: Way) =>
      measured(way === "http" || way === "ws" ? ours : tls, (server) =>
        costOf(way, server, { viewers: wayViewers, seconds: windowS, ticksPerSecond }),
      );
    const rows: Record<string, { "ms CPU/GB": number; "MB/s": number; "to plain": number }> = {};
    for (const way of ways) {
      const costs = [];
      for (let round = 0; round < rounds; round += 1) costs.push(await cost(way));
      expect(costs.map(({ viewers }) => viewers)).toEqual(costs.map(() => wayViewers));
      const msPerGb = 1000 * median(costs.map(({ cpuSecondsPerGb }) => cpuSecondsPerGb));
      rows[way] = {
        "ms CPU/GB": msPerGb,
        "MB/s": median(costs.map(({ megabytesPerSecond }) => megabytesPerSecond)),
        "to plain": msPerGb / (rows["http"]?.["ms CPU/GB"] ?? msPerGb),
      };
    }
    printTable(`${wayViewers} viewers over each transport`, rows);
  });

  it("does not let slow and stalled viewers cost the others", async () => {
    const options = { rate: viewersPerSecond, win: longS / 4, wins: 4 };
    const alone = await measured(ours, (server) => load(programs, server, 1000, options));
    const among = await measured(ours, (server) =>
      load(programs, server, 1000, { ...options, slow: 100, stalled: 100 }),
    );
    expect(faultsOf([alone], 1000)).toEqual([]);
    expect(faultsOf([among], 1200)).toEqual([]);
    const rows = (name: string, { windows }: Load) =>
      windows.map((window, index) => [
        `${name}, ${((index + 1) * longS) / 4} s`,
        {
          "gap p50 ms": window.gap_ms.p50,
          "gap p99 ms": window.gap_ms.p99,
          "p99 ms": window.lat_ms.p99,
          "RSS MiB": window.rss_kb / kib,
          "ms CPU/GB": 1000 * window.cpu_s_per_GB,
        },
      ]);
    printTable(
      "1,000 healthy viewers",
      Object.fromEntries([...rows("alone", alone), ...rows("with 100 slow and 100 stalled", among)]),
    );
    console.log(`of the 200: ${JSON.stringify(among.unhealthy)}`);
  });

  it("gives a slow viewer what decodes", async () => {
    const path = join(folder, "slow.flv");
    const options = { rate: 50, win: longS / 2, wins: 1, slow: 1, record: path };
    await measured(
      () => startOurs(feeds.clean),
      (server) => load(programs, server, 1, options),
    );
    await cutToWholeTags(path);
    const decoding = await run(["ffmpeg", "-v", "warning", "-i", path, "-f", "null", "-"]);
    const bytes = (await readFile(path)).length;
    const probe = ["ffprobe", "-v", "error", "-select_streams", "v", "-show_entries", "packet=pts_time"];
    const times = (await run([...probe, "-of", "csv=p=0", path])).stdout
      .trim()
      .split("\n")
      .map(Number.parseFloat);
    const gaps = times.slice(1).map((time, index) => time - (times[index] ?? 0));
    console.log(
      `a slow viewer got ${(bytes / 1e6).toFixed(1)} MB with ${gaps.filter((gap) => gap > 0.5).length} skips; ` +
        `ffmpeg says of it: ${decoding.stderr.trim() || "nothing"}`,
    );
    expect(Math.min(...gaps)).toBeGreaterThan(0);
    expect(decoding.stderr).not.toMatch(/error|corrupt|concealing/i);
  });

  it("survives whoever comes and goes, and is as it was before", async () => {
    const rows = await measured(ours, (server) =>
      disturb(server, { seconds: longS, perSecond: viewersPerSecond }),
    );
    expect(rows["afterwards"]?.descriptors).toBe(rows["before"]?.descriptors);
    printTable(`${viewersPerSecond} connections a second for ${longS} s, of each kind`, rows);
  });
});

async function makeCertificate(): Promise<readonly [cert: string, key: string]> {
  const [cert, key] = [join(folder, "cert.pem"), join(folder, "key.pem")] as const;
  await mustRun(
    ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"].concat(
      [...["-keyout", key, "-out", cert, "-days", "1", "-subj", "/CN=localhost"]],
    ),
  );
  return [cert, key];
}

/** The load leaves in mid-tag. */
async function cutToWholeTags(path: string): Promise<void> {
  const bytes = await readFile(path);
  let end = flvBeginBytes;
  for (let next = end; next <= bytes.length; ) {
    end = next;
    if (bytes.length < end + tagHeaderBytes) break;
    next = end + tagHeaderBytes + bytes.readUIntBE(end + 1, 3) + previousTagSizeBytes;
  }
  await truncate(path, end);
}
