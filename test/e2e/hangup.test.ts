import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { holderOf, holdersIn } from "../../src/control/name-lock.ts";
import { cacheFolder } from "../cache-folder.ts";
import { findProgram, mustRun } from "../run.ts";
import { flvcastProgram } from "../start-flvcast.ts";
import { freshStateFolder } from "../state-folder.ts";
import { fakeArgs, picturesPath, taking } from "./fake.ts";
import { isRunning, until } from "./processes.ts";

let state: string;
beforeEach(() => {
  state = freshStateFolder();
  mkdirSync(state, { recursive: true, mode: 0o700 });
});
afterEach(async () => {
  for (const { pid } of await holdersIn(state)) process.kill(pid, "SIGKILL");
});

const stream = [process.execPath, flvcastProgram, "start", ...fakeArgs, "--encoder", "libx264"];
const quoted = [...stream, "--port", "0", "--name", "garden"].map((word) => `'${word}'`).join(" ");

const status = async (env: NodeJS.ProcessEnv) =>
  (await mustRun([process.execPath, flvcastProgram, "status", "garden"], { env })).stdout;

const hasBash = findProgram("bash") !== null && findProgram("nohup") !== null;
if (!hasBash) console.log("skipped: nohup: it or bash is not installed");

const hasTerminal = spawnSync("script", ["-qec", "true", "/dev/null"]).status === 0;
if (!hasTerminal) console.log("skipped: a terminal that is closed: script cannot make one here");

describe.skipIf(process.platform !== "linux")(
  "a closed terminal (told apart by /proc: on Linux only)",
  () => {
    it.skipIf(!hasBash).each([
      { how: "nohup in a shell", shell: "bash", line: `nohup ${quoted} >url 2>&1 & wait` },
      {
        how: "nohup, which writes to its own file",
        shell: "sh",
        line: `nohup ${quoted} >nohup.out 2>&1 & wait`,
      },
      { how: "a script that nohup runs", shell: "bash", line: `nohup bash ./script >url 2>&1 & wait` },
      { how: "a shell that ignores it", shell: "sh", line: `trap '' HUP; ${quoted} >url; true` },
    ])("does not end a stream that was started by $how", async ({ shell, line }) => {
      writeFileSync(`${state}/script`, `${quoted}\ntrue\n`);
      const { _: __, ...rest } = process.env; // as it is at a login
      const going = taking({ replay: { 1: picturesPath } }, { stall: true }).env;
      const env = { ...rest, ...going, CACHE_DIRECTORY: cacheFolder, RUNTIME_DIRECTORY: state };
      const child = spawn(shell, ["-c", line], { cwd: state, env, stdio: "ignore" });
      const over = new Promise((resolve) => child.once("close", resolve));
      await until("it runs", async () => (await holderOf(state, "garden")) !== null);
      const pid = (await holderOf(state, "garden"))?.pid ?? 0;
      await until("it can be watched", async () => (await status(env).catch(() => "")).includes("on air"));
      for (let signal = 0; signal < 2; signal++) {
        process.kill(pid, "SIGHUP"); // a second one would end it at once
        expect(await status(env)).toContain("on air");
      }
      process.kill(pid, "SIGTERM");
      await until("it has ended", () => !isRunning(pid));
      await over;
      expect(existsSync(`${state}/url`) || existsSync(`${state}/nohup.out`)).toBe(true);
    });

    it.skipIf(!hasTerminal)("ends a stream that was started in it, in order", async () => {
      const going = taking({ replay: { 1: picturesPath } }, { stall: true }).env;
      const env = { ...process.env, ...going, CACHE_DIRECTORY: cacheFolder, RUNTIME_DIRECTORY: state };
      const line = `exec ${quoted} >url 2>said`;
      const terminal = spawn("script", ["-qfec", line, "/dev/null"], {
        ...{ cwd: state, env: { ...env, SHELL: "/bin/sh" } },
        stdio: ["pipe", "ignore", "ignore"],
      });
      await until(
        "it is printed",
        () => existsSync(`${state}/url`) && readFileSync(`${state}/url`).length > 0,
      );
      const pid = (await holderOf(state, "garden"))?.pid ?? 0;
      terminal.kill("SIGKILL");
      await until("it has ended", () => !isRunning(pid));
      expect(readFileSync(`${state}/said`, "utf8")).toMatch(/^[-\d]+ [:\d]+ flvcast: stopped after .*\n$/);
    });
  },
);
