import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { afterAll, afterEach, beforeEach, describe, expect, it } from "vitest";
import { colorOptions, RGB_TO_BT709 } from "../../src/devices/picture.ts";
import { findProgram, mustRun, run } from "../run.ts";
import { flvcastProgram } from "../start-flvcast.ts";
import { freshStateFolder } from "../state-folder.ts";
import { ask } from "./asked.ts";
import { fakeArgs, picturesPath, taking } from "./fake.ts";
import { findFfmpegs } from "./ffmpegs.ts";
import { makeFolder } from "./folder.ts";
import { probeStreams } from "./judges.ts";
import { until } from "./processes.ts";
import { type End, Program, start, stopAll } from "./program.ts";

const folder = makeFolder();
let env: { readonly RUNTIME_DIRECTORY: string };
beforeEach(() => (env = { RUNTIME_DIRECTORY: freshStateFolder() }));
afterEach(stopAll);
afterAll(() => folder.remove());

async function onAir(args: readonly string[]): Promise<URL> {
  return new URL(await start(["--name", "garden", ...args], { env }).firstLine());
}

const snapshot = (...args: readonly string[]): Promise<End> =>
  new Program(["snapshot", ...args], { env }).ended;

const SIZE = { width: 320, height: 240 };

/** A film of one colour, in BT.709 as its SPS says. */
async function makeFilm(color: string): Promise<string> {
  const path = folder.file(`${color}.mp4`);
  const graph = `color=c=${color}:s=${SIZE.width}x${SIZE.height}:r=10:d=2,format=rgb24,${RGB_TO_BT709}`;
  const x264 = ["-c:v", "libx264", "-g", "10", "-bf", "0", ...colorOptions("bt709")];
  await mustRun(["ffmpeg", "-nostdin", "-v", "error", "-f", "lavfi", "-i", graph, ...x264, "-y", path]);
  return path;
}

/** A JPEG's red, green and blue in the middle, by JFIF 1.02: full range, BT.601. */
async function middleColor(path: string): Promise<readonly [number, number, number]> {
  const raw = folder.file("picture.yuv");
  const asIs = ["-pix_fmt", "yuvj420p", "-f", "rawvideo", "-y", raw];
  await mustRun(["ffmpeg", "-nostdin", "-v", "error", "-i", path, ...asIs]);
  const bytes = readFileSync(raw);
  const pixels = SIZE.width * SIZE.height;
  expect(bytes.length).toBe(pixels * 1.5);
  const [y = 0, cb = 0, cr = 0] = [pixels / 2, pixels * (1 + 1 / 8), pixels * (1 + 3 / 8)].map(
    (at) => bytes[at],
  );
  return [y + 1.402 * (cr - 128), y - 0.344_14 * (cb - 128) - 0.714_14 * (cr - 128), y + 1.772 * (cb - 128)];
}

describe.each(findFfmpegs())("the picture as %s decodes it", (ffmpeg) => {
  it("is that of the stream, in its size and colours", async () => {
    const film = await makeFilm("0xd04020");
    const url = await onAir(["--ffmpeg", ffmpeg, "--device", film, "--loop", "--copy", "--audio", "none"]);
    const path = folder.file("garden.jpg");
    const response = await fetch(new URL("/live/garden.jpg", url));
    expect([response.status, response.headers.get("content-type")]).toEqual([200, "image/jpeg"]);
    writeFileSync(path, new Uint8Array(await response.arrayBuffer()));
    const [red, green, blue] = await middleColor(path);
    expect(Math.hypot(red - 0xd0, green - 0x40, blue - 0x20)).toBeLessThan(8);
  });
});

describe("flvcast snapshot", () => {
  const cheap = ["--device", "test", "--audio", "none", "--size", "160x120", "--fps", "10"];

  it("saves it, with a token and without a word", async () => {
    await onAir([...cheap, "--token", "right-token-0123456789ab"]);
    const path = folder.file("saved.jpg");
    expect(await snapshot("--name", "garden", "-o", path)).toMatchObject({
      ...{ exitCode: 0, stdout: "", stderr: "" },
    });
    expect(await probeStreams(path)).toMatchObject([{ codec_name: "mjpeg", width: 160, height: 120 }]);
    const piped = folder.file("piped.jpg");
    const command = `"$0" "$1" snapshot > ${piped}`;
    await mustRun(["sh", "-c", command, process.execPath, flvcastProgram], {
      env: { ...process.env, ...env },
    });
    expect(await probeStreams(piped)).toMatchObject([{ codec_name: "mjpeg", width: 160, height: 120 }]);
  });

  it("fails in one line, each in its own way", async () => {
    expect(await snapshot("-o", folder.file("no.jpg"))).toMatchObject({
      ...{ exitCode: 3, stderr: "flvcast: no stream is running\n" },
    });
    await onAir(cheap);
    const lost = await snapshot("-o", folder.file("no/such/folder.jpg"));
    expect([lost.exitCode, lost.stderr]).toEqual([1, expect.stringContaining(": ENOENT")]);
    expect((await snapshot("--name", "shed", "-o", "x")).exitCode).toBe(3);
    expect(existsSync(folder.file("no.jpg"))).toBe(false);
  });

  it("says that there is none yet, or never will be", async () => {
    const waits = start(["--name", "garden", ...fakeArgs], {
      env: { ...env, ...taking({ stall: true }).env },
    });
    await until("it says so", async () => (await snapshot("-o", "x")).exitCode === 18);
    waits.signal("SIGKILL");
    await waits.ended;
    const song = folder.file("song.wav");
    await mustRun(["ffmpeg", "-nostdin", "-v", "error", "-f", "lavfi", "-i", "sine=d=5", "-y", song]);
    await onAir(["--device", song, "--loop"]);
    expect(await snapshot("-o", "x")).toMatchObject({
      ...{ exitCode: 1, stderr: 'flvcast: "garden" has no video, only audio\n' },
    });
  });

  it("prints no picture to a terminal", async ({ skip }) => {
    if (findProgram("script") === null) {
      console.log("skipped: script, which makes a terminal, is not here");
      skip();
    }
    const command = `${process.execPath} ${flvcastProgram} snapshot`;
    const { stdout, exitCode } = await run(["script", "-qec", command, "/dev/null"], {
      env: { ...process.env, ...env },
    });
    expect([stdout.trim(), exitCode]).toEqual([
      "flvcast: not writing a JPEG to a terminal; use -o FILE or a pipe",
      2,
    ]);
  });
});

it("however many ask, one picture is decoded once and by one process, and one that hangs is killed", async () => {
  const log = folder.file("ffmpeg.log");
  const fake = `${folder.path}/ffmpeg`;
  const [, , , , , fakePath] = fakeArgs;
  writeFileSync(
    fake,
    `#!/bin/sh\ncase "$*" in *mjpeg*) echo "$*" >> ${log}; exec sleep 600 ;; esac\nexec ${fakePath} "$@"\n`,
    { mode: 0o755 },
  );
  const replay = taking({ replay: { 1: picturesPath }, seconds: 1 }, { stall: true }).env;
  const program = start(
    ["--name", "garden", "--device", "test", "--audio", "none", "--ffmpeg", fake, "--stall", "60"],
    { env: { ...env, ...replay } },
  );
  const port = Number(new URL(await program.firstLine()).port);
  const asked = Array.from({ length: 20 }, () => ask({ port, path: "/live/garden.jpg", headers: {} }));
  const answers = await Promise.all(asked);
  const kinds = new Set(answers.map(({ status, body }) => `${status} ${body}`));
  expect([...kinds]).toEqual(['500 cannot decode the image of "garden" (notReady)\n']);
  expect(readFileSync(log, "utf8").trim().split("\n")).toHaveLength(1);
  await program.stopInOrder();
});
