import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { afterAll, afterEach, beforeEach, describe, expect, it } from "vitest";
import { holdersIn } from "../../src/control/name-lock.ts";
import { cacheFolder } from "../cache-folder.ts";
import { fakeArgs, picturesPath, taking } from "../e2e/fake.ts";
import { makeFolder } from "../e2e/folder.ts";
import { isRunning, until } from "../e2e/processes.ts";
import { freePort } from "../e2e/servers.ts";
import { Viewer } from "../e2e/viewer.ts";
import { run } from "../run.ts";
import { flvcastProgram } from "../start-flvcast.ts";
import { freshStateFolder } from "../state-folder.ts";

const folder = makeFolder();
let state: string;
let port: number;
let child: ChildProcess | null = null;
beforeEach(async () => {
  state = freshStateFolder();
  port = await freePort();
});
afterEach(async () => {
  for (const { pid } of await holdersIn(state)) process.kill(pid, "SIGKILL");
  child?.kill("SIGKILL");
});
afterAll(() => folder.remove());

/** Ample: other tests may have the machine meanwhile. */
const START_MS = 45_000;
const LINES = 500_000;
/** What writing them takes at most, the program itself included; kept, they would be as much again. */
const MAX_RSS_KB = 220_000;
const [CTRL_S, CTRL_Q] = ["\x13", "\x11"];

/** An ffmpeg that says much, once it is told to. */
function talkative(name: string) {
  const [go, done] = [folder.file(`${name}-go`), folder.file(`${name}-done`)];
  const path = folder.file(name);
  const lines = [
    "#!/bin/sh",
    `case "$*" in *-version*) exec '${fakeArgs[5]}' -version ;; esac`,
    `cat '${picturesPath}'`,
    `until [ -e '${go}' ]; do sleep 0.1; done`,
    `seq -f 'line %.0f of what there is to say' ${LINES} >&2`,
    `: > '${done}'`,
    "exec sleep 60",
  ];
  writeFileSync(path, lines.map((line) => `${line}\n`).join(""), { mode: 0o755 });
  return {
    path,
    talk: async () => {
      writeFileSync(go, "");
      await until("all is said", () => existsSync(done), 60_000);
    },
  };
}

function commandOf(ffmpeg: string, ...more: readonly string[]): readonly string[] {
  const args = fakeArgs.map((word) => (word === fakeArgs[5] ? ffmpeg : word));
  const start = [
    "start",
    ...args,
    "--encoder",
    "libx264",
    "--port",
    String(port),
    "--name",
    "garden",
    "--ready-timeout",
    "45s",
  ];
  return [process.execPath, flvcastProgram, ...start, "--stall", "10m", ...more];
}

function environment(): NodeJS.ProcessEnv {
  return { ...process.env, CACHE_DIRECTORY: cacheFolder, RUNTIME_DIRECTORY: state, STATE_DIRECTORY: state };
}

async function isOnAir(): Promise<boolean> {
  const response = await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => null);
  return response?.ok === true;
}

async function pidOnAir(): Promise<number> {
  await until("it can be watched", isOnAir, START_MS);
  const [holder] = await holdersIn(state);
  return holder?.pid ?? 0;
}

/** Fails where the server stands still. */
async function expectServed(): Promise<void> {
  const response = await fetch(`http://127.0.0.1:${port}/healthz`, { signal: AbortSignal.timeout(10_000) });
  expect(response.status).toBe(200);
  const viewer = new Viewer(`http://127.0.0.1:${port}/live/garden.flv`);
  await viewer.until(({ recording }) => recording.pictures.length > 0);
  viewer.leave();
}

async function expectEndsInTime(pid: number): Promise<void> {
  process.kill(pid, "SIGTERM");
  await until("it has ended", () => !isRunning(pid));
}

const rssKb = (pid: number) =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "latin1"))?.[1]);

describe.skipIf(process.platform !== "linux")("a stream (looked at through /proc: on Linux only)", () => {
  const hasTerminal = spawnSync("script", ["-qec", "true", "/dev/null"]).status === 0;
  if (!hasTerminal) console.log("skipped: a stopped terminal: script cannot make a terminal here");

  it.skipIf(!hasTerminal)(
    "goes on while its terminal is stopped, and then says how much was dropped",
    async () => {
      const ffmpeg = talkative("terminal");
      const line = commandOf(ffmpeg.path, "--verbose").map((word) => `'${word}'`);
      const command = ["-qfec", `stty cols 100 rows 30; exec ${line.join(" ")}`, "/dev/null"];
      const script = spawn("script", command, { env: environment(), stdio: ["pipe", "pipe", "ignore"] });
      child = script;
      let screen = "";
      script.stdout.setEncoding("latin1").on("data", (text: string) => (screen += text));
      const pid = await pidOnAir();
      await until("the URL is shown", () => screen.includes("/live/garden.flv"));
      script.stdin.write(CTRL_S);
      await ffmpeg.talk();
      await expectServed();
      expect(rssKb(pid)).toBeLessThan(MAX_RSS_KB);
      expect(screen).not.toContain(`line ${LINES} of`);
      script.stdin.write(CTRL_Q);
      await until("the count is shown", () =>
        /flvcast: \d+ lines were dropped here: nothing read/.test(screen),
      );
      script.stdin.write(CTRL_S);
      await expectEndsInTime(pid);
    },
    90_000,
  );

  it("goes on, and ends, while nobody reads the pipe of its stderr", async () => {
    const ffmpeg = talkative("pipe");
    const [command = "", ...args] = commandOf(ffmpeg.path, "--verbose");
    child = spawn(command, args, { env: environment(), stdio: ["ignore", "ignore", "pipe"] });
    const pid = await pidOnAir();
    await ffmpeg.talk();
    await expectServed();
    expect(rssKb(pid)).toBeLessThan(MAX_RSS_KB);
    await expectEndsInTime(pid);
  }, 90_000);

  it("goes on, and ends, when the reader of its stderr has gone", async () => {
    const ffmpeg = talkative("closed");
    const [command = "", ...args] = commandOf(ffmpeg.path, "--verbose");
    child = spawn(command, args, { env: environment(), stdio: ["ignore", "ignore", "pipe"] });
    child.stderr?.destroy();
    const pid = await pidOnAir();
    await ffmpeg.talk();
    await expectServed();
    expect(rssKb(pid)).toBeLessThan(MAX_RSS_KB);
    const ended = once(child, "exit");
    process.kill(pid, "SIGTERM");
    expect(await ended).toEqual([0, null]);
  }, 90_000);
});

describe.skipIf(process.platform !== "linux")("a URL that cannot be printed", () => {
  /** Behind `head`, the pipe is full: pipe(7) has 64 KB. The reader waits, so that there is one. */
  it.each([
    {
      why: "its disk is full",
      around: (stream: string) => `${stream} >/dev/full; code $?`,
      reason: "ENOSPC",
    },
    {
      why: "its reader has gone",
      around: (stream: string) => `(${stream}; code $?) | true`,
      reason: "EPIPE",
    },
    {
      why: "its pipe is full",
      around: (stream: string) =>
        `(head -c 65536 /dev/zero; ${stream}; code $?; : >over) | until [ -e over ]; do sleep 0.1; done`,
      reason: "nothing reads it",
    },
  ])("since $why is told on stderr, and by the exit code", async ({ around, reason }) => {
    const stream = commandOf(fakeArgs[5], "--duration", "1").map((word) => `'${word}'`);
    const { env } = taking({ replay: { 1: picturesPath } }, { stall: true });
    const script = `cd '${folder.path}'; code() { echo "exit code $1" >&2; }; ${around(stream.join(" "))}`;
    const { stderr } = await run(["sh", "-c", script], { env: { ...environment(), ...env } });
    const lost = `cannot print the URL of "garden" (${reason}). To print it again: flvcast url garden`;
    expect(stderr).toBe(`flvcast: ${lost}\nexit code 1\n`);
  });

  it("is told of by whatever prints one", async () => {
    const detach = commandOf(fakeArgs[5], "--detach").map((word) => `'${word}'`);
    const { env } = taking({ replay: { 1: picturesPath } }, { stall: true });
    const detached = await run(["sh", "-c", `${detach.join(" ")} >/dev/full`], {
      env: { ...environment(), ...env },
    });
    expect(detached).toMatchObject({
      exitCode: 1,
      stderr: 'flvcast: cannot print the URL of "garden" (ENOSPC). To print it again: flvcast url garden\n',
    });
    const script = `'${process.execPath}' '${flvcastProgram}' url garden >/dev/full`;
    expect(await run(["sh", "-c", script], { env: environment() })).toMatchObject({
      exitCode: 1,
      stderr: "flvcast: cannot write to stdout (ENOSPC)\n",
    });
  });
});
