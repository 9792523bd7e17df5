import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeFlvFeed } from "./feed.ts";
import { compileLoad, type Load, type LoadPrograms, load, whatIsMissing } from "./load.ts";
import { faultsOf, measured, over, row, windowsOf } from "./load-results.ts";
import { printTable } from "./numbers.ts";
import { ours, publishServers, startPublished } from "./publish-servers.ts";

/** A round measures each server once, in turns, so that all meet whatever else this machine does. */
const rounds = Number(process.env["FLVCAST_BENCH_ROUNDS"] ?? 3);
const windowS = Number(process.env["FLVCAST_BENCH_SECONDS"] ?? 10);
/** Before the window: at 30 pictures a second, V8 takes a minute to compile what they go through. */
const warmS = Number(process.env["FLVCAST_BENCH_WARM"] ?? 3);
const viewersPerSecond = 200;
const mostViewers = 1000;

const missing = whatIsMissing();
if (missing !== null) console.log(`left out: from a publisher to its viewers: ${missing}`);
const servers = missing === null ? publishServers() : [];
const folder = mkdtempSync(join(tmpdir(), "flvcast-publish-"));
let feed: string;
let programs: LoadPrograms;

beforeAll(async () => {
  if (servers.length === 0) return;
  programs = await compileLoad(folder);
  feed = await makeFlvFeed(folder, warmS + windowS + mostViewers / viewersPerSecond + 60);
}, 180_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What so many viewers of each server saw, round by round. */
async function compare(viewers: number): Promise<ReadonlyMap<string, readonly Load[]>> {
  const options = { rate: viewersPerSecond, warm: warmS, win: windowS, wins: 1 };
  const results = new Map<string, Load[]>(servers.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds; round += 1) {
    for (const server of servers) {
      const result = await measured(
        () => startPublished(server, feed),
        (running) => load(programs, running, viewers, options),
      );
      results.get(server.name)?.push(result);
    }
  }
  return results;
}

describe.skipIf(servers.length === 0)(
  "from a publisher over RTMP to viewers over HTTP-FLV, the server on one core, the rest on the other",
  () => {
    it.each([1, 100, mostViewers])("with %i viewers", async (viewers) => {
      const results = await compare(viewers);
      const rows = [...results].map(([name, loads]) => [name, row(loads)] as const);
      printTable(`${viewers} viewers, ${rounds} rounds in turns, medians`, Object.fromEntries(rows));
      const [first, ...others] = results;
      for (const [name, loads] of others) printRatios(`${first?.[0]} to ${name}`, first?.[1] ?? [], loads);
      for (const [name, loads] of results) {
        const faults = faultsOf(loads, viewers);
        if (faults.length > 0) console.log(`what ${name}'s viewers saw: ${faults.join(", ")}`);
        expect(Math.min(...windowsOf(loads).map(({ lat_ms }) => lat_ms.n))).toBeGreaterThan(0);
      }
      expect(faultsOf(results.get(ours) ?? [], viewers)).toEqual([]);
    });
  },
);

/** Both were measured beside each other in each round, so their ratio holds where each alone does not. */
function printRatios(title: string, some: readonly Load[], others: readonly Load[]): void {
  const ratios = some.map((one, round) => costOf([one]) / costOf(others.slice(round, round + 1)));
  console.log(`CPU per GB, ${title}: ${ratios.map((ratio) => ratio.toFixed(2)).join(", ")}`);
}

const costOf = (loads: readonly Load[]) => over(loads, (window) => window.cpu_s_per_GB);
