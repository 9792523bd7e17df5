import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { flvPath } from "../../src/server/stream-name.ts";
import { flvcastProgram, ownFolders } from "../start-flvcast.ts";
import { end, freePort, type RunningServer, untilListening } from "./fan-out-servers.ts";
import { loadCore, serverCore } from "./load.ts";

const publisher = fileURLToPath(new URL("load/publisher.js", import.meta.url));
const streamName = "x";
/** Where flvcast wants one; the others take no notice of it. */
const publishKey = "bench-key";

export const ours = "flvcast";

export interface PublishServer {
  readonly name: string;
  /**
   * Stays in the foreground, as one process, takes a publisher at rtmp://127.0.0.1:{rtmp}/live/x?key=bench-key, and serves
   * HTTP-FLV on the port {http}.
   */
  readonly command: string;
  /** Of the URL of that stream. */
  readonly path: string;
}

/** Those that are compared, each with the variable that has its command. */
const peers: readonly (Omit<PublishServer, "command"> & { readonly variable: string })[] = [
  { name: "SRS, low latency", variable: "FLVCAST_BENCH_PUBLISH_SRS_LOW", path: flvPath(streamName) },
  { name: "SRS, 100 ms batches", variable: "FLVCAST_BENCH_PUBLISH_SRS_MERGED", path: flvPath(streamName) },
  { name: "SRS, its defaults", variable: "FLVCAST_BENCH_PUBLISH_SRS", path: flvPath(streamName) },
  { name: "nginx-http-flv", variable: "FLVCAST_BENCH_PUBLISH_NGINX_FLV", path: flvPath(streamName) },
  { name: "go2rtc", variable: "FLVCAST_BENCH_PUBLISH_GO2RTC", path: "/api/stream.flv?src=live" },
];

/** flvcast and those whose command is given, or none at all; says which ones are left out. */
export function publishServers(): readonly PublishServer[] {
  const others = peers.flatMap(({ name, variable, path }) => {
    const command = process.env[variable] ?? "";
    if (command === "") console.log(`left out: ${name}: ${variable} names no command`);
    return command === "" ? [] : [{ name, command, path }];
  });
  return others.length === 0
    ? []
    : [{ name: ours, command: ourCommand, path: flvPath(streamName) }, ...others];
}

const ourCommand =
  `${process.execPath} ${flvcastProgram} start --device rtmp --name ${streamName} --publish-key ${publishKey}` +
  " --rtmp-port {rtmp} --port {http}";

/** The command with its ports. */
export const filledIn = (command: string, { rtmp, http }: { readonly rtmp: number; readonly http: number }) =>
  command.replaceAll("{rtmp}", `${rtmp}`).replaceAll("{http}", `${http}`);

export const publishUrl = (rtmp: number) => `rtmp://127.0.0.1:${rtmp}/live/${streamName}?key=${publishKey}`;

/** Starts it with a stream published to it, whose recording `feed` describes. */
export async function startPublished({ command, path }: PublishServer, feed: string): Promise<RunningServer> {
  const [rtmp, http] = [await freePort(), await freePort()];
  const filled = filledIn(command, { rtmp, http });
  const server = spawn("taskset", ["-c", serverCore, "sh", "-c", `exec ${filled}`], {
    stdio: ["ignore", "ignore", "inherit"],
    env: ownFolders(),
  });
  const children: ChildProcess[] = [server];
  const stop = async () => {
    await Promise.all(children.map(end));
  };
  try {
    await unlessEnded(server, filled, Promise.all([rtmp, http].map(untilListening)));
    const source = spawn("taskset", ["-c", loadCore, process.execPath, publisher, publishUrl(rtmp)], {
      stdio: ["ignore", "pipe", "inherit"],
      env: { ...process.env, FLVCAST_BENCH_FEED: feed },
    });
    children.push(source);
    await unlessEnded(source, "publisher", once(createInterface(source.stdout), "line"));
    await untilServed(`http://127.0.0.1:${http}${path}`);
  } catch (error) {
    await stop();
    throw error;
  }
  return { port: http, path, pid: server.pid ?? 0, stop };
}

async function unlessEnded(child: ChildProcess, what: string, waiting: Promise<unknown>): Promise<void> {
  const ended = once(child, "exit").then(([code]: (number | null)[]) => {
    throw new Error(`${what}: exit ${code}`);
  });
  ended.catch(() => {}); // once it has served, it may end
  await Promise.race([ended, waiting]);
}

/** Until a first piece of the stream has come. */
async function untilServed(url: string): Promise<void> {
  const leave = new AbortController();
  for (const deadlineMs = performance.now() + 10_000; ; await wait(50)) {
    const response = await fetch(url, { signal: leave.signal }).catch(() => null);
    if (response?.ok && response.body !== null && !(await response.body.getReader().read()).done) break;
    if (performance.now() > deadlineMs) throw new Error(`${url}: ${response?.status ?? "no answer"}`);
  }
  leave.abort();
}
