import { getEventListeners } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { launch } from "../../src/control/launch.ts";

let folder: string;
let logPath: string;
let stopping: AbortController;
let pids: number[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "flvcast-launch-"));
  logPath = join(folder, "garden.log");
  stopping = new AbortController();
  pids = [];
});
afterEach(() => {
  for (const pid of pids) process.kill(pid, "SIGKILL");
  rmSync(folder, { recursive: true, force: true });
});

/** Has a shell do this, as another would a `flvcast start`. */
async function launchShell(script: string, log: string | null = logPath) {
  const launched = await launch({
    ...{ command: ["sh", "-c", script], env: process.env, logPath: log, signal: stopping.signal },
  });
  if (launched.kind === "ready") pids.push(launched.pid);
  return launched;
}

test("a process that has printed a line is ready, and runs on", async () => {
  const launched = await launchShell(
    `echo starting >&2; printf 'http://x/'; printf 'y\\nmore\\n'; exec sleep 60`,
  );
  expect(launched).toEqual({
    ...{ kind: "ready", pid: expect.any(Number), line: "http://x/y", said: "starting\n" },
  });
  expect(pids.map((pid) => process.kill(pid, 0))).toEqual([true]);
});

test("a process leads a group of its own, which no terminal's signal reaches", async () => {
  await launchShell("echo ready; exec sleep 60");
  expect(pids.map((pid) => process.kill(-pid, 0))).toEqual([true]);
});

test("a process knows that its first line is waited for", async () => {
  expect(await launchShell("echo $FLVCAST_LAUNCHED; exec sleep 60")).toMatchObject({ line: "1" });
});

test("an empty line is a line", async () => {
  expect(await launchShell("echo; exec sleep 60")).toMatchObject({ kind: "ready", line: "" });
});

test("what it says is kept in its log, behind what is there, and told of this launch alone", async () => {
  writeFileSync(logPath, "of yesterday\n");
  expect(await launchShell("echo no camera >&2; exit 10")).toEqual({
    ...{ kind: "failed", exitCode: 10, said: "no camera\n" },
  });
  expect(readFileSync(logPath, "utf8")).toBe("of yesterday\nno camera\n");
});

test("of much, the last 16 KiB are told", async () => {
  const { said } = await launchShell("head -c 20000 /dev/zero | tr '\\0' x >&2; echo end >&2; exit 1");
  expect(said).toBe(`${"x".repeat(16 * 1024 - 4)}end\n`);
});

test("where no log can be kept it starts all the same, and nothing is told", async () => {
  expect(await launchShell("echo no camera >&2; exit 10", null)).toEqual({
    ...{ kind: "failed", exitCode: 10, said: "" },
  });
  expect(existsSync(logPath)).toBe(false);
});

test("a signal's end counts as 1", async () => {
  expect(await launchShell("kill -KILL $$")).toMatchObject({ kind: "failed", exitCode: 1 });
});

test("a program that is not there is an error", async () => {
  const command = [join(folder, "nothing")] as const;
  await expect(launch({ command, env: {}, logPath: null, signal: stopping.signal })).rejects.toMatchObject({
    code: "ENOENT",
  });
});

test("what is not watchable yet is ended where the caller is", async () => {
  const launching = launchShell(`trap 'exit 7' TERM; echo waiting >&2; while :; do sleep 0.02; done`);
  await vi.waitUntil(() => existsSync(logPath) && readFileSync(logPath, "utf8") === "waiting\n", 10_000);
  stopping.abort();
  expect(await launching).toEqual({ kind: "failed", exitCode: 7, said: "waiting\n" });
});

test("what is started after the caller was to end is ended, too", async () => {
  stopping.abort();
  expect(await launchShell("sleep 60")).toMatchObject({ kind: "failed", exitCode: 1 });
});

test("what becomes watchable while it is being ended has failed all the same", async () => {
  const launching = launchShell(
    `trap 'echo http://x/y; sleep 0.1; exit 7' TERM; echo waiting >&2; while :; do sleep 0.02; done`,
  );
  await vi.waitUntil(() => existsSync(logPath) && readFileSync(logPath, "utf8") === "waiting\n", 10_000);
  stopping.abort();
  expect(await launching).toMatchObject({ kind: "failed", exitCode: 7 });
});

test("what runs is no longer the caller's to end, nor is what it prints then anybody's", async () => {
  const launched = await launchShell("echo ready; while echo more; do sleep 0.02; done");
  expect(launched).toMatchObject({ kind: "ready", line: "ready" });
  expect(getEventListeners(stopping.signal, "abort")).toEqual([]);
  const [pid = 0] = pids.splice(0);
  await vi.waitUntil(() => !isRunning(pid), 10_000); // of a closed pipe
});

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
