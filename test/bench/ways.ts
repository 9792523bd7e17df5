import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { RunningServer } from "./fan-out-servers.ts";
import { loadCore } from "./load.ts";
import { processCost } from "./process-cost.ts";

const program = fileURLToPath(new URL("load/viewers.js", import.meta.url));

/** How a viewer comes: over which transport, plain or encrypted. */
export const ways = ["http", "ws", "https", "wss"] as const;
export type Way = (typeof ways)[number];

export interface WayCost {
  readonly cpuSecondsPerGb: number;
  readonly megabytesPerSecond: number;
  /** Of those who came, how many stayed. */
  readonly viewers: number;
}

/** What so many viewers cost the server. */
export async function costOf(
  way: Way,
  { port, path, pid }: RunningServer,
  { viewers, seconds, ticksPerSecond }: { viewers: number; seconds: number; ticksPerSecond: number },
): Promise<WayCost> {
  const args = [way, `http://127.0.0.1:${port}${path}`, `${viewers}`, "2", `${seconds}`];
  const child = spawn("taskset", ["-c", loadCore, process.execPath, program, ...args], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const closed = once(child, "close");
  const lines = createInterface({ input: child.stdout });
  let beforeSeconds = 0;
  for await (const line of lines) {
    const { cpuSeconds } = processCost(pid, ticksPerSecond);
    if (line === "begin") beforeSeconds = cpuSeconds;
    else {
      const counted = JSON.parse(line) as { bytes: number; viewers: number }; // written by viewers.js
      await closed;
      return {
        cpuSecondsPerGb: (cpuSeconds - beforeSeconds) / (counted.bytes / 1e9),
        megabytesPerSecond: counted.bytes / 1e6 / seconds,
        viewers: counted.viewers,
      };
    }
  }
  throw new Error(`${way}: the viewers ended without a result`);
}
