import { readdirSync, readFileSync, rmSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, expect, test } from "vitest";
import { makeFolder } from "../e2e/folder.ts";
import { childrenOf, isRunning, until } from "../e2e/processes.ts";
import { start, stopAll } from "../e2e/program.ts";
import { faults } from "./faults.ts";
import { Random } from "./random.ts";
import { type Visitor, visitors } from "./visitors.ts";

const seconds = Number(process.env["SOAK_SECONDS"] ?? 600);
const seed = Number(process.env["SOAK_SEED"] ?? Date.now() % 2 ** 32);
const VISITS_PER_SECOND = 3;
const MEAN_FAULT_MS = 6000;
/** What V8 keeps of a busy time until it collects. */
const MAX_GROWTH_MIB = 40;

const folder = makeFolder();
afterAll(async () => {
  await stopAll();
  folder.remove();
});

/** What a process holds, as Linux tells. */
function holdings(pid: number): { descriptors: number; rssMib: number } {
  const rssKib = Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]);
  return { descriptors: readdirSync(`/proc/${pid}/fd`).length, rssMib: Math.round(rssKib / 1024) };
}

test.skipIf(process.platform !== "linux")(
  `${seconds} s of visitors and faults leave nothing behind, and what is watched decodes (told by /proc: on Linux only)`,
  { timeout: (seconds + 180) * 1000 },
  async () => {
    console.log(`SOAK_SEED=${seed} SOAK_SECONDS=${seconds}`);
    const random = new Random(seed);
    const stream = start(
      ["--device", "test", "--audio", "auto", "--size", "320x180", "--bitrate", "400k", "--stall", "2"],
      { patienceMs: (seconds + 120) * 1000 },
    );
    const url = await stream.firstLine();
    const over = new AbortController();
    let files = 0;
    const file = () => folder.file(`${(files += 1)}.flv`);
    const wrong: string[] = [];
    const visits = new Map<string, number>();
    const under = new Set<Promise<void>>();
    const visit = async (visitor: Visitor) => {
      const path = file();
      try {
        const fault = await visitor({ url, random, file: () => path, signal: over.signal });
        if (fault === null) rmSync(path, { force: true });
        else wrong.push(`${visitor.name}: ${fault}`);
      } catch (error) {
        wrong.push(`${visitor.name}: ${String(error)}`);
      }
    };

    await delay(Math.min(20_000, seconds * 100));
    const before = holdings(stream.pid);
    const endMs = performance.now() + seconds * 1000;
    let nextFaultMs = performance.now() + MEAN_FAULT_MS;
    while (performance.now() < endMs) {
      const visitor = random.pick(visitors);
      visits.set(visitor.name, (visits.get(visitor.name) ?? 0) + 1);
      const done = visit(visitor).finally(() => under.delete(done));
      under.add(done);
      await delay(random.between(0, 2000 / VISITS_PER_SECOND));
      if (performance.now() < nextFaultMs) continue;
      console.log(await random.pick(faults)(stream.pid, random));
      nextFaultMs = performance.now() + random.between(0, 2 * MEAN_FAULT_MS);
    }
    over.abort();
    await Promise.all(under);
    console.log(Object.fromEntries(visits));

    await until("every connection is gone", () => holdings(stream.pid).descriptors <= before.descriptors + 2);
    const after = holdings(stream.pid);
    console.log({ before, after });
    expect(wrong).toEqual([]);
    expect(after.rssMib - before.rssMib).toBeLessThan(MAX_GROWTH_MIB);
    const children = childrenOf(stream.pid);
    expect((await stream.stop()).exitCode).toBe(0);
    expect(children.filter(isRunning)).toEqual([]);
  },
);
