import { readdirSync, readFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";

/** The processes that `pid` started and that still run. Linux only. */
export function childrenOf(pid: number): readonly number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name) && statOf(Number(name))?.parent === pid)
    .map(Number);
}

/** Whether a process runs; one that is dead and not yet buried does not. */
export function isRunning(pid: number): boolean {
  const stat = statOf(pid);
  return stat !== null && stat.state !== "Z" && stat.state !== "X";
}

/** Asks again and again until the answer is yes. @throws when it takes too long */
export async function until(
  what: string,
  isDone: () => boolean | Promise<boolean>,
  withinMs = 10_000,
): Promise<void> {
  for (const endMs = performance.now() + withinMs; !(await isDone()); await delay(10)) {
    if (performance.now() > endMs)
      throw new Error(`in ${withinMs / 1000} s it did not come to this: ${what}`);
  }
}

/** proc(5), /proc/pid/stat: `pid (name) state ppid …` */
function statOf(pid: number): { readonly state: string; readonly parent: number } | null {
  try {
    const [state = "", parent] = readFileSync(`/proc/${pid}/stat`, "latin1")
      .replace(/^.*\) /s, "")
      .split(" ");
    return { state, parent: Number(parent) };
  } catch {
    return null; // it has gone
  }
}
