import { spawn } from "node:child_process";
import { chmodSync, chownSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, afterEach, beforeEach, describe, expect, it } from "vitest";
import { holdersIn } from "../../src/control/name-lock.ts";
import type { StreamStatus } from "../../src/stream.ts";
import { findProgram, run } from "../run.ts";
import { flvcastProgram } from "../start-flvcast.ts";
import { freshStateFolder } from "../state-folder.ts";
import { fakeArgs, picturesPath, taking } from "./fake.ts";
import { makeFolder } from "./folder.ts";
import { childrenOf, isRunning, until } from "./processes.ts";
import { type End, Program, stopAll } from "./program.ts";
import { freePort } from "./servers.ts";

const folder = makeFolder();
let state: string;
beforeEach(() => (state = freshStateFolder()));
/** Detached streams are nobody's children: what a test leaves running is ended by its name. */
afterEach(async () => {
  await stopAll();
  for (const { pid } of await holdersIn(state)) process.kill(pid, "SIGKILL");
});
afterAll(() => folder.remove());

/** A picture that goes on, and costs next to nothing. */
const goesOn = taking({ replay: { 1: picturesPath }, seconds: 1 }, { stall: true }).env;
/** Its ffmpeg soon sends nothing any more, and shall not be restarted for that: starts are counted. */
const cheap = [...fakeArgs, "--encoder", "libx264", "--port", "0", "--stall", "10m"];
const garden = [...cheap, "--name", "garden"];

function flvcast(
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
  runBy: readonly string[] = [],
): Program {
  return new Program(args, { env: { RUNTIME_DIRECTORY: state, ...goesOn, ...env }, runBy });
}

const end = (...args: readonly string[]): Promise<End> => flvcast(args).ended;

async function running(): Promise<readonly StreamStatus[]> {
  const { exitCode, signal, stdout, stderr } = await end("status", "--json");
  if (stdout === "") throw new Error(`status said nothing: ${exitCode ?? signal}\n${stderr}`);
  return JSON.parse(stdout);
}

/** The pid of a stream that has been detached. */
async function detached(...args: readonly string[]): Promise<number> {
  const { exitCode, stderr } = await end("start", ...garden, "--detach", ...args);
  if (exitCode !== 0) throw new Error(`detaching ended with ${exitCode}\n${stderr}`);
  const [status] = await running();
  return status?.pid ?? 0;
}

describe.skipIf(process.platform !== "linux")("a stream's name (told apart by /proc: on Linux only)", () => {
  it("is one stream's: a second start is refused, and says whose it is", async () => {
    const first = flvcast(["start", ...garden]);
    await first.firstLine();
    const { exitCode, stdout, stderr } = await end("start", ...garden);
    expect({ exitCode, stdout }).toEqual({ exitCode: 16, stdout: "" });
    expect(stderr).toMatch(
      new RegExp(
        `^flvcast: "garden" is already running \\(pid ${first.pid}, since 20[^)]*\\); choose another`,
      ),
    );
    const other = flvcast(["start", ...cheap, "--name", "wood"]);
    await other.firstLine();
    await Promise.all([first.stopInOrder(), other.stopInOrder()]);
  });

  it("is free again after kill -9, whatever that left", async () => {
    const first = flvcast(["start", ...garden]);
    await first.firstLine();
    first.signal("SIGKILL");
    await first.ended;
    expect(readdirSync(state).filter((name) => name.endsWith(".sock"))).toHaveLength(1);
    expect((await end("status")).exitCode).toBe(3);
    const second = flvcast(["start", ...garden]);
    await second.firstLine();
    await second.stopInOrder();
  });

  it("is free after each of fifty kills at any moment, and no ffmpeg is left", async () => {
    const ffmpegs = new Set<number>();
    for (let kills = 0; kills < 50; kills += 1) {
      const program = flvcast(["start", ...garden]);
      const afterMs = (kills * 37) % 400; // before anything is there, up to on the air
      await (kills % 5 === 0 ? program.firstLine() : Promise.race([program.ended, delay(afterMs)]));
      for (const pid of childrenOf(program.pid)) ffmpegs.add(pid);
      program.signal("SIGKILL");
      expect(await program.ended).toMatchObject({ signal: "SIGKILL", stderr: "" });
    }
    await until("every ffmpeg is gone", () => ![...ffmpegs].some(isRunning));
    expect(ffmpegs.size).toBeGreaterThan(5);
    const last = flvcast(["start", ...garden]);
    await last.firstLine();
    await last.stopInOrder();
  }, 120_000);
});

describe("--detach", () => {
  it("returns with the URL when it can be watched, and the stream goes on by itself", async () => {
    const { exitCode, stdout, stderr } = await end("start", ...garden, "--detach");
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    expect(stdout).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/live\/garden\.flv\n$/);
    const [status] = await running();
    expect(status).toMatchObject({ name: "garden", state: "on-air", url: stdout.trim(), device: "test" });
    expect(await end("url")).toMatchObject({ exitCode: 0, stdout });
    expect((await end("stop", "garden")).exitCode).toBe(0);
    await until("the process is gone", () => !isRunning(status?.pid ?? 0));
  });

  it("outlives the terminal in which it was started", async ({ skip }) => {
    if (findProgram("script") === null) {
      console.log("skipped: a terminal: script is not installed");
      skip();
    }
    const line = [process.execPath, flvcastProgram, "start", ...garden, "--detach"].map(
      (word) => `'${word}'`,
    );
    const env = { ...process.env, RUNTIME_DIRECTORY: state, ...goesOn };
    await run(["script", "-qec", line.join(" "), "/dev/null"], { env });
    expect(await running()).toMatchObject([{ state: "on-air" }]);
    expect((await end("stop")).exitCode).toBe(0);
  });

  it("tells why nothing could be watched, with start's exit code", async () => {
    const { exitCode, stdout, stderr } = await end("start", "--device", "/nowhere.mp4", "--detach");
    expect({ exitCode, stdout }).toEqual({ exitCode: 10, stdout: "" });
    expect(stderr).toMatch(/^flvcast: no device or file named "\/nowhere\.mp4"[^\n]*\n$/);
    expect(await running()).toEqual([]);
  });

  it("tells of a port in use", async () => {
    const onPort = [...fakeArgs, "--encoder", "libx264", "--port", String(await freePort())];
    const first = flvcast(["start", ...onPort, "--name", "wood"]);
    await first.firstLine();
    const { exitCode, stderr } = await end("start", ...onPort, "--name", "door", "--detach");
    expect({ exitCode, stderr }).toEqual({
      exitCode: 15,
      stderr: expect.stringMatching(/^flvcast: port \d+ is already in use by/),
    });
    await first.stopInOrder();
  });

  it("is called off by Ctrl-C, and leaves nothing", async () => {
    const program = flvcast(["start", ...garden, "--detach"], taking({ stall: true }).env);
    await until("it is being started", async () => (await running()).length === 1);
    const [status] = await running();
    program.signal("SIGINT");
    expect((await program.ended).exitCode).toBe(130);
    await until("the process is gone", () => !isRunning(status?.pid ?? 0));
  });
});

describe("status", () => {
  it("says in 80 columns how each stream is doing, and by its exit code whether all can be watched", async () => {
    expect(await end("status")).toMatchObject({ exitCode: 3, stdout: "" });
    await detached();
    const starting = flvcast(["start", ...cheap, "--name", "slow"], taking({ stall: true }).env);
    await until("both run", async () => (await running()).length === 2);
    const both = await end("status");
    expect(both).toMatchObject({ exitCode: 1, stderr: "" });
    expect(both.stdout).toMatch(/^NAME .*\ngarden +on air .*\nslow +starting .*\n$/);
    const one = await end("status", "garden");
    expect(one).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/^garden: on air, since /) });
    expect(one.stdout.split("\n").filter((line) => line.length > 80)).toEqual([]);
    expect((await end("status", "slow", "--json")).stdout).toMatch(/^\{"name":"slow","state":"starting"/);
    expect(await end("status", "wood")).toMatchObject({
      exitCode: 3,
      stderr: 'flvcast: no stream named "wood" is running; running: garden, slow\n',
    });
    expect(await end("stop")).toMatchObject({
      exitCode: 2,
      stderr: "flvcast: several streams are running; give one of: garden, slow\n",
    });
    await starting.stop();
  });

  it("says of a stream that hangs that it does not answer", async () => {
    const pid = await detached();
    process.kill(pid, "SIGSTOP");
    const { exitCode, stderr } = await end("status", "garden");
    process.kill(pid, "SIGCONT");
    expect({ exitCode, stderr }).toEqual({
      exitCode: 1,
      stderr: `flvcast: "garden" (pid ${pid}) does not respond (timed out); try again, or end it with: kill -9 ${pid}\n`,
    });
  });
});

describe("logs", () => {
  it("has what a detached stream said, and with -f what it says from then on", async () => {
    await detached("--verbose");
    const follower = flvcast(["logs", "-f"]);
    expect(await follower.firstLine()).toMatch(
      /^\d{4}-\d\d-\d\d [\d:]{8} flvcast: starting "garden" \(flvcast /,
    );
    const [log = ""] = readdirSync(state).filter((name) => name.endsWith(".log"));
    writeFileSync(`${state}/${log}`, "flvcast: something new\n", { flag: "a" });
    await until("it is shown", () => follower.stdout.endsWith("flvcast: something new\n"));
    expect((await follower.stop()).exitCode).toBe(0);
    expect((await end("logs", "garden")).stdout).toBe(readFileSync(`${state}/${log}`, "utf8"));
  });

  it("says where to look for those of a stream that was not detached", async () => {
    expect(await end("logs")).toMatchObject({ exitCode: 3 });
    const program = flvcast(["start", ...garden]);
    await program.firstLine();
    expect(await end("logs")).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining(`journalctl _PID=${program.pid}`),
    });
    await program.stopInOrder();
  });
});

describe.skipIf(process.platform !== "linux")("ensure (told apart by /proc: on Linux only)", () => {
  it("starts once, says nothing, and is content from then on", async () => {
    const silent = { exitCode: 0, stdout: "", stderr: "" };
    expect(await end("ensure", ...garden)).toMatchObject(silent);
    const [first] = await running();
    expect(await end("ensure", ...garden)).toMatchObject(silent);
    expect(await running()).toMatchObject([{ pid: first?.pid, state: "on-air" }]);
  });

  it("says when the stream of that name has another device, and leaves it alone", async () => {
    expect(await end("ensure", ...garden)).toMatchObject({ exitCode: 0 });
    const other = garden.map((word) => (word === "test" ? "rtsp://user:geheim@192.0.2.4/front" : word));
    const [first] = await running();
    expect(await end("ensure", ...other)).toMatchObject({
      exitCode: 16,
      stdout: "",
      stderr: `flvcast: "garden" (pid ${first?.pid}) is running with other options (--device); to apply yours: flvcast stop garden, or choose another --name\n`,
    });
    expect(await running()).toMatchObject([{ pid: first?.pid, state: "on-air" }]);
  });

  it("of fifty at once makes one", async () => {
    const log = folder.file("starts");
    const all = Array.from(
      { length: 50 },
      () =>
        new Program(["ensure", ...garden], {
          env: { RUNTIME_DIRECTORY: state, ...goesOn, FAKE_FFMPEG_LOG: log },
          patienceMs: 110_000,
        }).ended,
    );
    const codes = (await Promise.all(all)).map(({ exitCode, stderr }) => `${exitCode} ${stderr}`);
    expect(new Set(codes)).toEqual(new Set(["0 "]));
    expect(await running()).toHaveLength(1);
    const starts = readFileSync(log, "utf8")
      .split("\n")
      .filter((line) => line.includes("pipe:1"));
    expect(starts).toHaveLength(1);
  }, 120_000);

  it("ends with start's exit code where the stream cannot be started", async () => {
    const { exitCode, stderr } = await end("ensure", "--device", "/nowhere.mp4");
    expect({ exitCode, stderr }).toEqual({
      exitCode: 10,
      stderr: expect.stringMatching(/^flvcast: no device/),
    });
  });

  it("works from cron: without a home, a language, a terminal", async () => {
    const bare = [
      "PATH=/usr/bin:/bin",
      `RUNTIME_DIRECTORY=${state}`,
      `FAKE_FFMPEG=${goesOn?.["FAKE_FFMPEG"]}`,
    ];
    // cron's own PATH may have no node: its line then names it
    const node = ["env", "-i", ...bare, process.execPath, flvcastProgram];
    const ffmpeg = folder.file("ffmpeg");
    writeFileSync(ffmpeg, `#!/bin/sh\nexec '${process.execPath}' '${garden[5]}' "$@"\n`);
    chmodSync(ffmpeg, 0o755);
    const args = garden.map((word) => (word === garden[5] ? ffmpeg : word));
    expect(await run([...node, "ensure", ...args])).toMatchObject({ exitCode: 0, stdout: "", stderr: "" });
    expect(await running()).toMatchObject([{ name: "garden", state: "on-air" }]);
  });
});

describe("a state folder", () => {
  it("that cannot be written keeps no stream off the air, which says once that it cannot be found", async () => {
    writeFileSync(folder.file("no-folder"), "");
    const program = flvcast(["start", ...garden], { RUNTIME_DIRECTORY: folder.file("no-folder") });
    expect(await program.firstLine()).toMatch(/^http:/);
    expect((await program.stop()).stderr).toMatch(
      /^flvcast: cannot write to .*no-folder \(EEXIST\): flvcast status and stop will not find "garden"\n$/,
    );
  });

  it("that this user may only read keeps no stream off the air", async ({ skip }) => {
    const runBy = withoutRootsRights();
    if (runBy === null) {
      console.log("skipped: a folder to read only: root may write all, and setpriv is not there");
      return skip();
    }
    mkdirSync(folder.file("read-only"));
    chmodSync(folder.file("read-only"), 0o500);
    const env = { RUNTIME_DIRECTORY: folder.file("read-only/state") };
    const program = flvcast(["start", ...garden], env, runBy);
    expect(await program.firstLine()).toMatch(/^http:/);
    expect((await program.stop()).stderr).toMatch(/^flvcast: cannot write to .* \(EACCES\): [^\n]*\n$/);
    const refused = await flvcast(["ensure", ...garden], env, runBy).ended;
    expect(refused).toMatchObject({ exitCode: 1, stderr: expect.stringContaining("it is unknown whether") });
  });

  it("of another user is refused in one line", async ({ skip }) => {
    if (process.getuid?.() !== 0) {
      console.log("skipped: another user's folder: only root can make one");
      skip();
    }
    mkdirSync(state);
    chownSync(state, 65_534, 65_534);
    const { exitCode, stderr } = await end("start", ...garden);
    expect({ exitCode, stderr }).toEqual({
      exitCode: 12,
      stderr: expect.stringMatching(/^flvcast: \S+ belongs to user 65534, not to user 0: [^\n]*\n$/),
    });
  });

  it("on a full disk, and a full disk for what it says, keep no stream off the air", async () => {
    const line = `exec '${process.execPath}' '${flvcastProgram}' start ${garden.join(" ")} --verbose 2>/dev/full`;
    const env = { ...process.env, RUNTIME_DIRECTORY: state, ...goesOn };
    const child = spawn("sh", ["-c", line], { env, stdio: ["ignore", "pipe", "inherit"] });
    const [url] = await new Promise<[Buffer]>((resolve) =>
      child.stdout.once("data", (data) => resolve([data])),
    );
    expect(String(url)).toMatch(/^http:/);
    expect(await running()).toMatchObject([{ state: "on-air" }]);
    expect((await end("stop")).exitCode).toBe(0);
  });
});

/** What runs a command as this user but without root's right to write everything; null where that cannot be had. */
function withoutRootsRights(): readonly string[] | null {
  if (process.getuid?.() !== 0) return [];
  return findProgram("setpriv") === null
    ? null
    : ["setpriv", "--bounding-set=-dac_override,-dac_read_search", "--"];
}
