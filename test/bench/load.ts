import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { findProgram, mustRun } from "../run.ts";

/** The server has a core to itself; whatever loads or feeds it has the other. */
export const serverCore = "0";
export const loadCore = "1";

/** Why the fan-out cannot be measured here; null where it can. */
export function whatIsMissing(): string | null {
  if (process.platform !== "linux") return "it is measured on Linux";
  const missing = ["cc", "taskset", "ffmpeg", "openssl"].find((program) => findProgram(program) === null);
  return missing === undefined ? null : `${missing} is not installed`;
}

export interface LoadPrograms {
  /** Opens viewers and measures what they get: see its head. */
  readonly flvload: string;
  /** The least that a server can do: see its head. */
  readonly flvlimit: string;
}

/** Compiles both into a folder. */
export async function compileLoad(folder: string): Promise<LoadPrograms> {
  const compile = async (name: string) => {
    const source = fileURLToPath(new URL(`load/${name}.c`, import.meta.url));
    await mustRun(["cc", "-O2", "-w", "-o", join(folder, name), source]);
    return join(folder, name);
  };
  return { flvload: await compile("flvload"), flvlimit: await compile("flvlimit") };
}

interface Spread {
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

/** What flvload says of a stretch of time. */
export interface Window {
  readonly MBps: number;
  /** Of the server alone. */
  readonly cpu_s_per_GB: number;
  readonly srv_pct: number;
  readonly rss_kb: number;
  /** From the picture's publication to its last byte at a viewer. */
  readonly lat_ms: Spread & { readonly n: number; readonly p95: number };
  readonly gap_ms: Spread;
  readonly viewer_kBps: { readonly min: number; readonly med: number; readonly max: number };
  /** What others than server, feeder and load took of both cores. */
  readonly foreign_cpu_s: number;
}

export interface Load {
  readonly windows: readonly Window[];
  readonly connected: number;
  readonly closed_early: number;
  readonly no_keyframe: number;
  readonly broken: number;
  readonly viewers_ts_back: number;
  /** From the connection's start to the whole first key frame. */
  readonly keyframe_ms: Spread;
  readonly unhealthy?: { readonly eof_after_drain: number; readonly alive: number };
}

export interface Target {
  readonly port: number;
  readonly path: string;
  readonly pid: number;
}

/** Opens so many viewers, and returns what they saw. `more` as flvload takes it. */
export async function load(
  { flvload }: LoadPrograms,
  { port, path, pid }: Target,
  viewers: number,
  more: Readonly<Record<string, string | number>>,
): Promise<Load> {
  const options = { port, path, pid, ...more };
  const args = Object.entries(options).flatMap(([name, value]) => [`--${name}`, `${value}`]);
  const command = ["taskset", "-c", loadCore, flvload, "-n", `${viewers}`, ...args];
  const { stdout } = await mustRun(command, { killAfterMs: 600_000 });
  return JSON.parse(stdout) as Load; // written by flvload
}
