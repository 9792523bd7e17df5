import { spawn } from "node:child_process";
import { once } from "node:events";
import { expect, it } from "vitest";
import { mustRun } from "../run.ts";
import { flvcastProgram, startFlvcast } from "../start-flvcast.ts";
import { printTable, quantile } from "./numbers.ts";

const runs = 7;
/** NUT's headers with the encoder's settings take one kilobyte; a key frame of 720p many. */
const headersBytes = 4096;

it("says where the time from the command to the URL goes", async () => {
  const device = ["--device", "test:ffmpeg"];
  const dryRun = await mustRun([process.execPath, flvcastProgram, "start", ...device, "--dry-run"]);
  const steps: Readonly<Record<string, () => Promise<number>>> = {
    "node alone, to its end": () => timeToEnd([process.execPath, "-e", "0"]),
    "flvcast --version, to its end": () => timeToEnd([process.execPath, flvcastProgram, "--version"]),
    "ffmpeg -version, to its end": () => timeToEnd(["ffmpeg", "-version"]),
    "flvcast start --dry-run, to its end": () =>
      timeToEnd([process.execPath, flvcastProgram, "start", ...device, "--dry-run"]),
    "the ffmpeg that it starts, to its first picture": () => timeToFirstPicture(dryRun.stdout.trim()),
    "flvcast start, to the URL": () => timeToUrl(device),
  };
  const times = new Map(Object.keys(steps).map((name) => [name, [] as number[]]));
  for (let round = 0; round < runs; round += 1) {
    for (const [name, measure] of Object.entries(steps)) times.get(name)?.push(await measure());
  }
  expect([...times.values()].map((values) => values.length)).toEqual([...times].map(() => runs));
  const rows = [...times].map(([name, values]) => [
    name,
    { "fastest ms": Math.min(...values), "median ms": quantile(values, 0.5) },
  ]);
  printTable(`Start, ${runs} runs in turns`, Object.fromEntries(rows));
});

async function timeToEnd(command: readonly string[]): Promise<number> {
  const startMs = performance.now();
  await mustRun(command);
  return performance.now() - startMs;
}

async function timeToFirstPicture(shellCommand: string): Promise<number> {
  const startMs = performance.now();
  const child = spawn("sh", ["-c", `exec ${shellCommand} 3>/dev/null`], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  const closed = once(child, "close");
  let bytes = 0;
  for await (const chunk of child.stdout) {
    bytes += Buffer.byteLength(chunk);
    if (bytes > headersBytes) break;
  }
  const elapsedMs = performance.now() - startMs;
  child.kill("SIGKILL");
  await closed;
  return elapsedMs;
}

async function timeToUrl(args: readonly string[]): Promise<number> {
  const stream = await startFlvcast(args);
  await stream.stop();
  return stream.startMs;
}
