import { spawn } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, afterEach, beforeEach, describe, expect, it } from "vitest";
import { holdersIn } from "../../src/control/name-lock.ts";
import { run } from "../run.ts";
import { flvcastProgram } from "../start-flvcast.ts";
import { freshStateFolder } from "../state-folder.ts";
import { fakeArgs, picturesPath, taking } from "./fake.ts";
import { makeFolder } from "./folder.ts";
import { until } from "./processes.ts";
import { type End, Program } from "./program.ts";
import { Viewer } from "./viewer.ts";

const folder = makeFolder();
let state: string;
beforeEach(() => (state = freshStateFolder()));
/** Detached streams are nobody's children. */
afterEach(async () => {
  for (const { pid } of await holdersIn(state)) process.kill(pid, "SIGKILL");
});
afterAll(() => folder.remove());

const goesOn = taking({ replay: { 1: picturesPath }, seconds: 1 }, { stall: true }).env;
const garden = [...fakeArgs, "--encoder", "libx264", "--port", "0", "--name", "garden"];
const MIB = 2 ** 20;

function end(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<End> {
  return new Program(args, { env: { RUNTIME_DIRECTORY: state, ...goesOn, ...env } }).ended;
}

/** A shell's line that says so many different things on stderr. */
const saying = (name: string, count: number) => `seq -f '${name} %.0f of what there is to say' ${count} >&2`;

describe("the log of a detached stream", () => {
  it("is put aside beyond a megabyte, and goes on, while the stream does", async () => {
    const talkative = folder.file("ffmpeg");
    writeFileSync(
      talkative,
      [
        "#!/bin/sh",
        `case "$*" in *-version*) exec '${fakeArgs[5]}' -version ;; esac`,
        `cat '${picturesPath}'`,
        ...[saying("line", 60_000), "sleep 2.5", saying("word", 5), "exec sleep 60", ""],
      ].join("\n"),
      { mode: 0o755 },
    );
    const args = garden.map((word) => (word === fakeArgs[5] ? talkative : word));
    const { exitCode } = await end(["start", ...args, "--detach", "--verbose", "--stall", "30"]);
    expect(exitCode).toBe(0);
    const log = `${state}/garden.log`;
    await until("the last is said", () => readFileSync(log, "latin1").includes("word 5 of"));
    expect(statSync(log).size).toBeLessThan(MIB);
    expect(readdirSync(state)).toContain("garden.log~");
    expect((await end(["logs", "garden"])).stdout).toMatch(
      /line 60000 of what there is to say\n[^]*word 5 of/,
    );
    expect(await end(["status", "garden"])).toMatchObject({ exitCode: 0 });
    expect((await end(["stop"])).exitCode).toBe(0);
  });

  it("goes on under its name when it was renamed, as logrotate does", async () => {
    const goOn = folder.file("go-on");
    const waiting = folder.file("ffmpeg-that-waits");
    const lines = [
      "#!/bin/sh",
      `case "$*" in *-version*) exec '${fakeArgs[5]}' -version ;; esac`,
      `cat '${picturesPath}'`,
      `until [ -e '${goOn}' ]; do sleep 0.1; done`,
      ...[saying("word", 5), "exec sleep 60", ""],
    ];
    writeFileSync(waiting, lines.join("\n"), { mode: 0o755 });
    const args = garden.map((word) => (word === fakeArgs[5] ? waiting : word));
    expect((await end(["start", ...args, "--detach", "--verbose", "--stall", "30"])).exitCode).toBe(0);
    const log = `${state}/garden.log`;
    renameSync(log, `${log}.1`);
    const [holder] = await holdersIn(state);
    process.kill(holder?.pid ?? 0, "SIGUSR2");
    await until("there is a new one", () => existsSync(log));
    writeFileSync(goOn, "");
    await until("the last is said", async () => (await end(["logs"])).stdout.includes("word 5 of"));
    expect((await end(["stop"])).exitCode).toBe(0);
  });

  it("is printed whole to a reader that comes late", async () => {
    mkdirSync(state, { recursive: true, mode: 0o700 });
    const text = "flvcast: something was said\n".repeat(40_000);
    writeFileSync(`${state}/garden.log`, text);
    const child = spawn(process.execPath, [flvcastProgram, "logs", "garden"], {
      stdio: ["ignore", "pipe", "inherit"],
      env: { ...process.env, RUNTIME_DIRECTORY: state },
    });
    await delay(1500); // by then its pipe is full, and longer than a stream that has ended would wait
    let bytes = 0;
    child.stdout.on("data", (chunk: Buffer) => (bytes += chunk.length));
    await new Promise((resolve) => child.once("close", resolve));
    expect(bytes).toBe(text.length);
  });
});

/** Runs lines of a shell with its state folder as a file system of its own. */
async function onSmallDisk(options: string, lines: readonly string[]) {
  mkdirSync(state, { recursive: true });
  const flvcast = `'${process.execPath}' '${flvcastProgram}'`;
  const script = [
    ...["set -e", `mount -t tmpfs -o ${options},mode=700 tmpfs "$RUNTIME_DIRECTORY"`],
    `flvcast() { ${flvcast} "$@"; }`,
    ...lines,
  ].join("\n");
  const env = { ...process.env, RUNTIME_DIRECTORY: state, ...goesOn };
  return await run(["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", script], { env });
}

const small = await run(["unshare", "--user", "--map-root-user", "--mount", "true"]).catch(() => null);
const hasNamespaces = small?.exitCode === 0;
if (!hasNamespaces) console.log("skipped: a full disk: unshare makes no mount namespace here");

describe.skipIf(!hasNamespaces)("--detach with its state on a full disk", () => {
  const start = `flvcast start ${garden.map((word) => `'${word}'`).join(" ")} --detach`;

  it("has a stream that can be found, and says that its log cannot be kept", async () => {
    const fill = 'cat /dev/zero > "$RUNTIME_DIRECTORY/filler" 2>/dev/null || true';
    const ended = await onSmallDisk("size=64k", [
      fill,
      start,
      "flvcast status garden >&2",
      "flvcast stop garden",
    ]);
    expect({ ...ended, stderr: ended.stderr.split("\n").slice(0, 2) }).toMatchObject({
      exitCode: 0,
      stdout: expect.stringMatching(/^http:.*\n$/),
      stderr: [
        `flvcast: the disk of ${state} is full: "garden" has no log`,
        expect.stringMatching(/^garden: on air/),
      ],
    });
  });

  it("that holds no further file either has a stream, and says how that is ended", async () => {
    const fill = 'touch "$RUNTIME_DIRECTORY/filler"';
    const ended = await onSmallDisk("size=64k,nr_inodes=2", [fill, `${start} --duration 3`]);
    expect({ exitCode: ended.exitCode, stderr: ended.stderr }).toEqual({
      exitCode: 0,
      stderr: expect.stringMatching(
        new RegExp(
          `^flvcast: cannot write to ${state} \\(ENOSPC\\): "garden" has no log\n` +
            'flvcast: flvcast stop will not find "garden"; stop it with: kill \\d+\n$',
        ),
      ),
    });
    const viewer = new Viewer(ended.stdout.trim()); // nothing can find it to stop it: it ends by itself
    const recording = await viewer.toTheEnd();
    expect(recording.pictures.length).toBeGreaterThan(0);
  });
});
