import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as wait } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { Viewer } from "../e2e/viewer.ts";
import { mustRun } from "../run.ts";
import { flvcastProgram, ownFolders } from "../start-flvcast.ts";
import { freePort, untilListening } from "./fan-out-servers.ts";
import { printTable, quantile } from "./numbers.ts";
import { filledIn, ours, type PublishServer, publishServers, publishUrl } from "./publish-servers.ts";

const rounds = Number(process.env["FLVCAST_BENCH_ROUNDS"] ?? 7);
const source = ["--device", "test:ffmpeg", "--encoder", "libx264"];

const published = publishServers();
/** Those that start ffmpeg themselves: their commands have no {rtmp}. */
const capturing: readonly PublishServer[] = [
  {
    name: `${ours} start`,
    command: [process.execPath, flvcastProgram, "start", ...source, "--name", "x", "--port", "{http}"].join(
      " ",
    ),
    path: "/live/x.flv",
  },
  {
    name: "go2rtc, its own ffmpeg",
    command: process.env["FLVCAST_BENCH_START_GO2RTC"] ?? "",
    path: "/api/stream.flv?src=live",
  },
];

describe.skipIf(published.length === 0)("from the commands to the first key frame at a viewer", () => {
  it("takes this long, nothing running before", async () => {
    const servers = [...capturing, ...published].filter(({ command }) => command !== "");
    const encode = await ffmpegOfOurs();
    const times = new Map(servers.map(({ name }) => [name, [] as number[]]));
    for (let round = 0; round < rounds; round += 1)
      for (const server of servers) times.get(server.name)?.push(await timeToKeyFrame(server, encode));
    expect([...times.values()].map(({ length }) => length)).toEqual(servers.map(() => rounds));
    const rows = [...times].map(([name, values]) => [
      name,
      { "fastest ms": Math.min(...values), "median ms": quantile(values, 0.5) },
    ]);
    printTable(`Cold start, ${rounds} rounds in turns`, Object.fromEntries(rows));
  });
});

/** What flvcast has its ffmpeg do, up to the output: the others get the same from an ffmpeg beside them. */
async function ffmpegOfOurs(): Promise<string> {
  const { stdout } = await mustRun([process.execPath, flvcastProgram, "start", ...source, "--dry-run"]);
  const [inputAndVideo = "", audio = ""] = stdout.trim().split(/ -output_ts_offset .*? pipe:\d/);
  return `${inputAndVideo}${audio} -flush_packets 1 -f flv`;
}

async function timeToKeyFrame({ command, path }: PublishServer, encode: string): Promise<number> {
  const [rtmp, http] = [await freePort(), await freePort()];
  const children: ChildProcess[] = [];
  const start = (line: string) =>
    children.push(
      spawn("sh", ["-c", `exec ${line}`], { stdio: "ignore", detached: true, env: ownFolders() }),
    );
  const startMs = performance.now();
  start(filledIn(command, { rtmp, http }));
  if (command.includes("{rtmp}")) {
    await untilListening(rtmp, 5);
    start(`${encode} '${publishUrl(rtmp)}'`);
  }
  await untilListening(http, 5);
  await firstKeyFrame(`http://127.0.0.1:${http}${path}`);
  const elapsedMs = performance.now() - startMs;
  for (const child of children.toReversed()) await endGroup(child);
  return elapsedMs;
}

/** A viewer that asks again as long as there is no stream yet. */
async function firstKeyFrame(url: string): Promise<void> {
  for (const deadlineMs = performance.now() + 30_000; ; await wait(5)) {
    // go2rtc says 200 without a stream, too, and then nothing: closing tells the one from the other.
    const viewer = new Viewer(url, { headers: ["Connection: close"] });
    try {
      await viewer.until(({ recording }) => recording.pictures.some(({ isKey }) => isKey));
      return;
    } catch (error) {
      if (performance.now() > deadlineMs) throw error;
    } finally {
      viewer.leave();
    }
  }
}

async function endGroup(child: ChildProcess): Promise<void> {
  const closed = once(child, "close");
  process.kill(-(child.pid ?? 0), "SIGKILL"); // SRS has outlived a SIGTERM
  await closed;
}
