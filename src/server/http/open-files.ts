import { readFileSync } from "node:fs";

/** Left for what is no viewer's: ffmpeg started anew, files, the control socket. */
const RESERVE = 64;

/** How many connections this process can hold by its limit of open files; no limit where the system does not tell. */
export function maxConnections(): number {
  try {
    const [, soft] = /^Max open files +(\d+)/m.exec(readFileSync("/proc/self/limits", "latin1")) ?? [];
    const limit = Number(soft ?? Number.NaN);
    return limit > 0 ? Math.max(limit - RESERVE, Math.floor(limit / 2)) : Number.POSITIVE_INFINITY;
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}
