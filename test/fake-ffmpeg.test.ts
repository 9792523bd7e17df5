import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { buffer, text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";

const fakePath = fileURLToPath(new URL("fake-ffmpeg.js", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "flvcast-fake-"));
const recording = Buffer.from(Array.from({ length: 200_000 }, (_, index) => index % 251));
const recordingPath = join(folder, "recording.nut");
writeFileSync(recordingPath, recording);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function start(steps: object, args: readonly string[] = [], env: NodeJS.ProcessEnv = {}) {
  const child = spawn(process.execPath, [fakePath, ...args], {
    stdio: ["ignore", "pipe", "pipe", "pipe"],
    env: { ...process.env, FAKE_FFMPEG: JSON.stringify(steps), ...env },
  });
  const [, pipe1, stderr, pipe3] = child.stdio;
  if (pipe1 === null || stderr === null || !(pipe3 instanceof Readable)) throw new Error("a pipe is missing");
  const ended = new Promise<{ code: number | null; signal: string | null }>((resolve) =>
    child.once("close", (code, signal) => resolve({ code, signal })),
  );
  return { child, ended, pipe1: buffer(pipe1), pipe3: buffer(pipe3), stderr: text(stderr) };
}

describe("the fake ffmpeg", () => {
  it("answers -version as ffmpeg does", async () => {
    const { pipe1, ended } = start([], ["-hide_banner", "-version"]);
    expect((await pipe1).toString()).toMatch(/^ffmpeg version 7\.1 /);
    expect(await ended).toEqual({ code: 0, signal: null });
  });

  it("replays a file on each pipe, whole and unchanged", async () => {
    const { pipe1, pipe3, ended } = start([{ replay: { 1: recordingPath, 3: recordingPath } }]);
    expect((await pipe1).equals(recording)).toBe(true);
    expect((await pipe3).equals(recording)).toBe(true);
    expect((await ended).code).toBe(0);
  });

  it("replays at the pace that it is told, no more than it is told", async () => {
    const startMs = performance.now();
    const { pipe1, ended } = start([{ replay: { 1: recordingPath }, seconds: 0.4, bytes: 5000 }]);
    expect((await pipe1).equals(recording.subarray(0, 5000))).toBe(true);
    await ended;
    expect(performance.now() - startMs).toBeGreaterThan(350);
  });

  it("writes rubbish, then exits with the code and text that it is told", async () => {
    const { pipe1, stderr, ended } = start([
      { rubbish: 1000 },
      { stderr: "Conversion failed!" },
      { exit: 8 },
    ]);
    expect(new Set(await pipe1).size).toBeGreaterThan(100);
    expect(await stderr).toBe("Conversion failed!\n");
    expect((await ended).code).toBe(8);
  });

  it("floods stderr to the last line", async () => {
    const { stderr, ended } = start([{ stderr: "past duration too large", times: 20_500 }]);
    expect((await stderr).split("\n")).toHaveLength(20_501);
    await ended;
  });

  it("stops at SIGTERM with ffmpeg's words and exit code", async () => {
    const { child, stderr, ended } = start([{ stderr: "ready" }, { stall: true }]);
    child.stderr?.once("data", () => child.kill("SIGTERM"));
    expect((await ended).code).toBe(255);
    expect(await stderr).toContain("Exiting normally, received signal 15.");
  });

  it("ignores SIGTERM when told to, and dies of SIGKILL", async () => {
    const steps = [
      { ignore: "SIGTERM" },
      { stderr: "ready" },
      { waitMs: 150 },
      { stderr: "alive" },
      { stall: true },
    ];
    const { child, ended } = start(steps);
    child.stderr?.on("data", (line: Buffer) => child.kill(line.includes("alive") ? "SIGKILL" : "SIGTERM"));
    expect(await ended).toEqual({ code: null, signal: "SIGKILL" });
  });

  it("keeps a log of the arguments of each start", async () => {
    const log = join(folder, "log");
    await start([], ["-i", "a"], { FAKE_FFMPEG_LOG: log }).ended;
    await start([], ["-i", "b"], { FAKE_FFMPEG_LOG: log }).ended;
    expect(readFileSync(log, "utf8")).toBe('["-i","a"]\n["-i","b"]\n');
  });

  it("does something else at each start, for picture and sound apart", async () => {
    const lives = join(folder, "lives");
    mkdirSync(lives);
    const steps = { video: [[{ exit: 3 }], [{ signal: "SIGKILL" }], [{ exit: 4 }]], audio: [[{ exit: 5 }]] };
    const ends = [];
    for (const encoder of ["-c:v", "-c:a", "-c:v", "-c:v", "-c:v"])
      ends.push(await start(steps, [encoder], { FAKE_FFMPEG_LIVES: lives }).ended);
    expect(ends).toEqual([
      { code: 3, signal: null },
      { code: 5, signal: null },
      { code: null, signal: "SIGKILL" },
      { code: 4, signal: null },
      { code: 4, signal: null },
    ]);
  });
});
