import { spawn } from "node:child_process";
import { once } from "node:events";
import { expect, it } from "vitest";
import { makeFolder } from "../e2e/folder.ts";
import { childrenOf, until } from "../e2e/processes.ts";
import { startRtspCamera } from "../e2e/rtsp-camera.ts";
import { Viewer } from "../e2e/viewer.ts";
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

it("says how soon one who comes to an idle stream gets its first key frame", async () => {
  const folder = makeFolder();
  const clip = folder.file("clip.mp4");
  const coded = ["-c:v", "libx264", "-preset", "ultrafast", "-g", "25", "-pix_fmt", "yuv420p", clip];
  await mustRun([
    "ffmpeg",
    "-nostdin",
    "-v",
    "error",
    "-f",
    "lavfi",
    "-i",
    "testsrc2=s=hd720:d=10",
    ...coded,
  ]);
  const camera = await startRtspCamera(600, { gopFrames: 25, hasSprop: true });
  try {
    const sources: Readonly<Record<string, readonly string[]>> = {
      "the test picture, x264": ["--device", "test:ffmpeg"],
      "a file, x264": ["--device", clip, "--loop"],
      "a file, --copy": ["--device", clip, "--loop", "--copy"],
      "RTSP, --copy, a key frame a second": ["--device", camera.url, "--copy", "--audio", "none"],
    };
    const rows = new Map<string, Readonly<Record<string, number>>>();
    for (const [name, device] of Object.entries(sources)) {
      const args = [...device, ...(device.includes("--copy") ? [] : ["--encoder", "libx264"])];
      const { woken, alone } = await timesToWake(args);
      rows.set(name, { "fastest ms": Math.min(...woken), "median ms": quantile(woken, 0.5) });
      rows.set(`${name}: its ffmpeg alone`, {
        "fastest ms": Math.min(...alone),
        "median ms": quantile(alone, 0.5),
      });
    }
    expect(rows.size).toBe(8);
    printTable(`From a request to the first key frame, ${runs} runs`, Object.fromEntries(rows));
  } finally {
    await camera.stop();
    folder.remove();
  }
});

/** In turns: from a request to the first key frame, and from the start of the same ffmpeg to its first. */
async function timesToWake(args: readonly string[]) {
  const dryRun = await mustRun([process.execPath, flvcastProgram, "start", ...args, "--dry-run"]);
  const stream = await startFlvcast([...args, "--on-demand", "--linger", "1s"]);
  const idle = () => until("it is idle", () => childrenOf(stream.pid).length === 0);
  const [woken, alone]: [number[], number[]] = [[], []];
  await idle();
  for (let run = 0; run < runs; run++) {
    alone.push(await timeToFirstPicture(dryRun.stdout.trim()));
    const startMs = performance.now();
    const viewer = await new Viewer(stream.url).until(({ recording }) => recording.pictures.length > 0);
    woken.push(performance.now() - startMs);
    viewer.leave();
    await idle();
  }
  await stream.stop();
  return { woken, alone };
}

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
