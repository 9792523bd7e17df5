import { setMaxListeners } from "node:events";
import { setTimeout as delay } from "node:timers/promises";
import { inspect } from "node:util";
import { afterAll, expect, test } from "vitest";
import { makeFolder } from "../e2e/folder.ts";
import { faults } from "./faults.ts";
import { growth, type Holdings, holdings } from "./holdings.ts";
import { livesOf } from "./lives.ts";
import { Random } from "./random.ts";
import { Report } from "./report.ts";
import { type Faulted, untilOnAir } from "./streams.ts";
import { type Subjects, startSubjects } from "./subjects.ts";
import { waits } from "./visited.ts";
import { visits } from "./visits.ts";

const seconds = Number(process.env["SOAK_SECONDS"] ?? 600);
const seed = Number(process.env["SOAK_SEED"] ?? Date.now() % 2 ** 32);
const warmUpSeconds = Math.min(300, seconds / 10);
/** For each stream. */
const MEAN_FAULT_MS = 20_000;
/** How long a process may take to be as it was, once all have gone. */
const [SETTLE_MS, REST_MS] = [10_000, 60_000];

const folder = makeFolder();
const report = new Report();
let subjects: Subjects | null = null;
afterAll(async () => {
  await subjects?.kill();
  if (report.faults.length === 0) folder.remove();
});

/** One fault after the other, until the signal; each has to be survived. */
async function troubles(stream: Faulted, random: Random, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await waits(random.between(0, 2 * MEAN_FAULT_MS), signal);
    const fault = random.pick(faults);
    report.tell(`${stream.name}: ${await fault(stream, random)}`);
    await report.inTime(`${stream.name} after ${fault.name}`, untilOnAir(stream));
  }
}

/** Everything at random, for so long; resolves when all have gone. */
async function turmoil(forSeconds: number, random: Random, under: Subjects): Promise<void> {
  const { steady, mortal, mortalSources, two, tlsArgs } = under;
  const over = new AbortController();
  const { signal } = over;
  setMaxListeners(0, signal); // each visitor has one
  const having = () => ({ random: random.fork(), signal, report, folder });
  const doing = [
    visits([...steady, mortal, two.changing], having()),
    ...steady.map(async (stream) => await troubles(stream, random.fork(), signal)),
    livesOf(mortal, { ...having(), sources: mortalSources, tlsArgs, pipePath: folder.file("mortal-pipe") }),
    two.livesOfChanging(having(), report),
  ].map(async (task) => await task.catch((error: unknown) => report.wrong(String(error))));
  await delay(forSeconds * 1000);
  over.abort();
  await Promise.all(doing);
}

/** What each process holds while nobody is there. */
async function atRest({ steady, processes }: Subjects): Promise<readonly Holdings[]> {
  await Promise.all(steady.map(untilOnAir));
  await delay(SETTLE_MS);
  return await Promise.all(processes.map(holdings));
}

test.skipIf(process.platform !== "linux")(
  `${seconds} s of visitors and faults leave nothing behind, and what is watched decodes (told by /proc: on Linux only)`,
  { timeout: (seconds + 900) * 1000 },
  async () => {
    console.log(`SOAK_SEED=${seed} SOAK_SECONDS=${seconds}`);
    const random = new Random(seed);
    subjects = await startSubjects(folder, seconds + 900);
    await turmoil(warmUpSeconds, random, subjects);
    const before = await atRest(subjects);
    console.log(inspect(before, { depth: 3 }));
    await turmoil(seconds - warmUpSeconds, random, subjects);
    const endMs = performance.now() + REST_MS;
    let after = await atRest(subjects);
    const grown = () => after.flatMap((held, index) => growth(before[index] ?? held, held));
    while (grown().length > 0 && performance.now() < endMs) after = await atRest(subjects);
    console.log(inspect(after, { depth: 3 }));
    grown().forEach((what) => report.wrong(what));
    await report.inTime("the end", subjects.end());
    expect(report.faults, `SOAK_SEED=${seed}; what they got is in ${folder.path}`).toEqual([]);
  },
);
