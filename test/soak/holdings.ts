import { readdirSync, readFileSync, rmSync } from "node:fs";
import { childrenOf, until } from "../e2e/processes.ts";

/** What V8 keeps of a busy time, and malloc in pieces too small for anything else. */
const tolerated: Readonly<Record<string, number>> = { heapMib: 4, rssMib: 40 };

/** What a process holds while nobody watches. */
export interface Holdings {
  readonly name: string;
  readonly descriptors: number;
  readonly children: number;
  /** What keeps its event loop busy, by libuv's names: timers, sockets, processes. */
  readonly active: Readonly<Record<string, number>>;
  readonly heapMib: number;
  readonly rssMib: number;
}

export interface Reporting {
  readonly name: string;
  readonly pid: number;
  readonly resourcesPath: string;
}

/** As Linux tells, and the process itself (resources.js). */
export async function holdings({ name, pid, resourcesPath }: Reporting): Promise<Holdings> {
  rmSync(resourcesPath, { force: true });
  process.kill(pid, "SIGPWR");
  let said: { active: Record<string, number>; heapBytes: number } | null = null;
  await until(`${name} tells what it holds`, () => (said = read(resourcesPath)) !== null);
  const { active, heapBytes } = said ?? { active: {}, heapBytes: 0 };
  const rssKib = Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]);
  return {
    name,
    descriptors: readdirSync(`/proc/${pid}/fd`).length,
    children: childrenOf(pid).length,
    active,
    heapMib: Math.round(heapBytes / 2 ** 20),
    rssMib: Math.round(rssKib / 1024),
  };
}

function read(path: string) {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch {
    return null; // not yet
  }
}

/** What there is more of than before. */
export function growth(before: Holdings, now: Holdings): string[] {
  const had = counts(before);
  const more = Object.entries(counts(now)).filter(
    ([what, count]) => count > (had[what] ?? 0) + (tolerated[what] ?? 0),
  );
  return more.map(([what, count]) => `${now.name}: ${had[what] ?? 0} ${what} before, ${count} now`);
}

function counts({
  active,
  descriptors,
  children,
  heapMib,
  rssMib,
}: Holdings): Readonly<Record<string, number>> {
  return { descriptors, children, heapMib, rssMib, ...active };
}
