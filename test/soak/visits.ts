import { rmSync } from "node:fs";
import type { Folder } from "../e2e/folder.ts";
import type { Random } from "./random.ts";
import { readers } from "./readers.ts";
import type { Report } from "./report.ts";
import { strangers } from "./strangers.ts";
import type { Target } from "./streams.ts";
import { viewers } from "./viewers.ts";
import { type Visitor, waits } from "./visited.ts";

const VISITS_PER_SECOND = 3;
const everybody: readonly (readonly [weight: number, visitor: Visitor])[] = [
  ...viewers,
  ...strangers,
  ...readers,
];

export interface VisitsOptions {
  readonly random: Random;
  readonly signal: AbortSignal;
  readonly folder: Folder;
  readonly report: Report;
}

/** Everybody comes and goes, until the signal. What is wrong with what one got is kept. */
export async function visits(targets: readonly Target[], options: VisitsOptions): Promise<void> {
  const { random, signal, folder, report } = options;
  const counts = new Map<string, number>();
  const under = new Set<Promise<void>>();
  for (let number = 1; !signal.aborted; number++) {
    const visitor = random.pick(everybody);
    const target = random.pick(targets.map((each) => [1, each] as const));
    const visited = { target, random: random.fork(), path: folder.file(`${number}-${visitor.name}`), signal };
    const name = `${visitor.name}, visitor ${number} of ${target.name}`;
    const visit = async () => {
      const faults = report.faults.length;
      const fault = await report.inTime(name, visitor(visited));
      if (fault !== null) report.wrong(`${name}: ${fault}`);
      if (report.faults.length === faults) rmSync(visited.path, { force: true });
    };
    const done = visit().finally(() => under.delete(done));
    under.add(done);
    counts.set(visitor.name, (counts.get(visitor.name) ?? 0) + 1);
    await waits(random.between(0, 2000 / VISITS_PER_SECOND), signal);
  }
  await Promise.all(under);
  console.log(Object.fromEntries(counts));
}
