import type { RunningServer } from "./fan-out-servers.ts";
import type { Load, Window } from "./load.ts";
import { quantile } from "./numbers.ts";

const kib = 1024;

/** Starts a server, measures it, and stops it. */
export async function measured<Result>(
  start: () => Promise<RunningServer>,
  measure: (server: RunningServer) => Promise<Result>,
): Promise<Result> {
  const server = await start();
  try {
    return await measure(server);
  } finally {
    await server.stop();
  }
}

export const median = (values: readonly number[]) => quantile(values, 0.5);
export const windowsOf = (loads: readonly Load[]) => loads.flatMap(({ windows }) => windows);
export const over = (loads: readonly Load[], value: (window: Window) => number) =>
  median(windowsOf(loads).map(value));

/** What so many viewers cost and saw, in medians over the rounds. */
export function row(loads: readonly Load[]) {
  return {
    "ms CPU/GB": 1000 * over(loads, (window) => window.cpu_s_per_GB),
    "MB/s": over(loads, ({ MBps }) => MBps),
    "delivery p50 ms": over(loads, ({ lat_ms }) => lat_ms.p50),
    "p95 ms": over(loads, ({ lat_ms }) => lat_ms.p95),
    "p99 ms": over(loads, ({ lat_ms }) => lat_ms.p99),
    "join p50 ms": median(loads.map(({ keyframe_ms }) => keyframe_ms.p50)),
    "join p99 ms": median(loads.map(({ keyframe_ms }) => keyframe_ms.p99)),
    "RSS MiB": over(loads, ({ rss_kb }) => rss_kb / kib),
    "CPU %": over(loads, ({ srv_pct }) => srv_pct),
    "others' CPU s": over(loads, ({ foreign_cpu_s }) => foreign_cpu_s),
  };
}

/** What was wrong with what the viewers got. */
export function faultsOf(loads: readonly Load[], viewers: number): string[] {
  return loads.flatMap((each) => [
    ...(each.connected === viewers ? [] : [`${each.connected} of ${viewers} connected`]),
    ...(each.closed_early === 0 ? [] : [`${each.closed_early} were closed`]),
    ...(each.no_keyframe === 0 ? [] : [`${each.no_keyframe} saw no key frame`]),
    ...(each.broken === 0 ? [] : [`${each.broken} tags were broken`]),
    ...(each.viewers_ts_back === 0 ? [] : [`${each.viewers_ts_back} saw time go back`]),
  ]);
}
