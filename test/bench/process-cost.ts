import { readFileSync } from "node:fs";
import { mustRun } from "../run.ts";

/** What one process has used, its children not counted. Linux. */
export interface ProcessCost {
  /** User and system time since it began. */
  readonly cpuSeconds: number;
  readonly rssBytes: number;
}

/** Reads /proc; `ticksPerSecond` as of `clockTicksPerSecond`. See proc(5). */
export function processCost(pid: number, ticksPerSecond: number): ProcessCost {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  // The second field, the name, may hold anything; the fields after it begin with the third, state.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const utimeTicks = Number(fields[14 - 3]);
  const stimeTicks = Number(fields[15 - 3]);
  const rssKib = Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]);
  return { cpuSeconds: (utimeTicks + stimeTicks) / ticksPerSecond, rssBytes: rssKib * 1024 };
}

export async function clockTicksPerSecond(): Promise<number> {
  return Number((await mustRun(["getconf", "CLK_TCK"])).stdout);
}
