import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { mustRun } from "../run.ts";
import { startFlvcast } from "../start-flvcast.ts";
import { type Feeds, feeder } from "./feed.ts";
import { type LoadPrograms, loadCore, serverCore, type Target } from "./load.ts";

export interface RunningServer extends Target {
  stop(): Promise<void>;
}

/** flvcast as it is, ffmpeg's place taken by the feeder. */
export async function startOurs(feed: string, args: readonly string[] = []): Promise<RunningServer> {
  const device = ["--device", "test:ffmpeg", "--encoder", "libx264", "--ffmpeg", feeder];
  const stream = await startFlvcast([...device, ...args], { FLVCAST_BENCH_FEED: feed });
  await pin(stream.pid, serverCore);
  for (const child of childrenOf(stream.pid)) await pin(child, loadCore);
  const { port, pathname } = new URL(stream.url);
  return {
    port: Number(port),
    path: pathname,
    pid: stream.pid,
    stop: async () => void (await stream.stop()),
  };
}

/** flvlimit, which merges `mergeMs` into one write; 0 writes each tag. */
export async function startLimit(
  { flvlimit }: LoadPrograms,
  { flv }: Feeds,
  mergeMs: number,
): Promise<RunningServer> {
  const port = await freePort();
  const source = spawn("taskset", ["-c", loadCore, process.execPath, feeder], {
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, FLVCAST_BENCH_FEED: flv },
  });
  const args = ["-c", serverCore, flvlimit, "--port", `${port}`, "--merge", `${mergeMs}`];
  // The feeder's own pipe: through this process its stamps would be older than its bytes.
  const server = spawn("taskset", args, { stdio: [source.stdout, "inherit", "inherit"] });
  source.stdout.destroy();
  await untilListening(port);
  await new Promise((resolve) => setTimeout(resolve, 1500)); // until a key frame has come
  const stop = async () => {
    await Promise.all([server, source].map(end));
  };
  return { port, path: "/live/x.flv", pid: server.pid ?? 0, stop };
}

export async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const closed = once(child, "close");
  child.kill("SIGKILL");
  await closed;
}

/** All threads of a process, and those that they start. */
export async function pin(pid: number, core: string): Promise<void> {
  await mustRun(["taskset", "--all-tasks", "--cpu-list", "--pid", core, `${pid}`]);
}

export function childrenOf(pid: number): number[] {
  const threads = readdirSync(`/proc/${pid}/task`);
  const lists = threads.map((thread) => readFileSync(`/proc/${pid}/task/${thread}/children`, "utf8"));
  return lists.flatMap((list) => list.split(" ").filter(Boolean).map(Number));
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  return typeof address === "object" && address !== null ? address.port : 0;
}

export async function untilListening(port: number, everyMs = 50): Promise<void> {
  for (;;) {
    const socket = connect(port, "127.0.0.1");
    const isThere = await new Promise<boolean>((resolve) => {
      socket.once("connect", () => resolve(true)).once("error", () => resolve(false));
    });
    socket.destroy();
    if (isThere) return;
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
}
