import { getEventListeners } from "node:events";
import { inspect } from "node:util";
import { afterEach, describe, expect, it, vi } from "vitest";
import { FfmpegProcess } from "../../src/ffmpeg/process.ts";
import { isRunning, until } from "../e2e/processes.ts";

/** Node in ffmpeg's place, and what it says on stdout. */
function start(script: string) {
  let said = "";
  const process = new FfmpegProcess({
    path: globalThis.process.execPath,
    args: ["-e", script],
    outputs: new Map([[1, (chunk: Uint8Array) => (said += Buffer.from(chunk).toString())]]),
    onStderrLine: () => undefined,
    redact: (text) => text,
  });
  return { process, said: () => said, pidSaid: () => Number(/^\d+\n/.exec(said)?.[0]) };
}

const heedless = `process.on("SIGTERM", () => undefined); console.log(process.pid); setInterval(() => 0, 1000)`;
const leaving = (options: string) =>
  `const child = require("child_process").spawn(process.execPath, ["-e", "setInterval(() => 0, 1000)"], ${options});
   child.unref(); console.log(child.pid);`;

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

describe.skipIf(process.platform === "win32")("a process", () => {
  it("that heeds SIGTERM ends of it", async () => {
    const { process, pidSaid } = start(heedless.replace("() => undefined", "() => process.exit(7)"));
    await until("it runs", () => pidSaid() > 0);
    expect(await process.stop()).toMatchObject({ code: 7, signal: null });
  });

  it("that heeds no SIGTERM is killed two seconds after it", async () => {
    const { process, pidSaid } = start(heedless);
    await until("it runs", () => pidSaid() > 0);
    const askedMs = performance.now();
    expect(await process.stop()).toMatchObject({ code: null, signal: "SIGKILL" });
    expect(performance.now() - askedMs).toBeGreaterThan(1900);
  });

  it("that heeds no SIGTERM is killed at once where it is not to be waited for", async () => {
    const { process, pidSaid } = start(heedless);
    await until("it runs", () => pidSaid() > 0);
    process.kill();
    expect(await process.exited).toMatchObject({ code: null, signal: "SIGKILL" });
  });

  it.each([
    ["ends in time", "process.exit(3)", 20_000, 3],
    ["does not", heedless, 100, null],
  ])("that is given a time and %s", async (_, script, timeoutMs, exit) => {
    const { signal } = new AbortController();
    const { process } = start(script);
    const ended = await process.endsWithin(timeoutMs, signal);
    expect(ended?.code ?? null).toBe(exit);
    expect(getEventListeners(signal, "abort")).toEqual([]);
  });

  it.each([
    ["before", (stopped: AbortController) => stopped.abort()],
    ["meanwhile", (stopped: AbortController) => void setImmediate(() => stopped.abort())],
  ])("that is given a time is killed where its signal is raised %s", async (_, raise) => {
    const stopped = new AbortController();
    const { process } = start(heedless);
    raise(stopped);
    expect(await process.endsWithin(20_000, stopped.signal)).toBeNull();
    expect(await process.exited).toMatchObject({ code: null, signal: "SIGKILL" });
  });

  it("that has ended is sent nothing any more: its number may be another's by now", async () => {
    const { process } = start("");
    await process.exited;
    const sent = vi.spyOn(globalThis.process, "kill");
    await process.stop();
    process.kill();
    expect(sent).not.toHaveBeenCalled();
  });

  it("that cannot be started says so without its arguments, which may hold a password", async () => {
    vi.stubGlobal("process", { ...globalThis.process, platform: "other" }); // without setpriv before it
    const process = new FfmpegProcess({
      path: "/nowhere/ffmpeg",
      args: ["-i", "rtsp://admin:s3cr3t@cam/1"],
      outputs: new Map(),
      onStderrLine: () => undefined,
      redact: (text) => text,
    });
    const { error } = await process.exited;
    expect(error).toMatchObject({ message: "spawn /nowhere/ffmpeg ENOENT", code: "ENOENT" });
    expect(inspect(error)).not.toContain("s3cr3t");
  });

  it("takes with it what it has started", async ({ skip }) => {
    if (process.platform !== "linux") skip("told apart by /proc");
    const { process: parent, pidSaid } = start(leaving(`{ stdio: "ignore" }`));
    await parent.exited;
    const pid = pidSaid();
    expect(pid).toBeGreaterThan(0);
    await until("what it has started is gone", () => !isRunning(pid));
  });

  it("is over though something else has got away with its pipes", async () => {
    const { process, pidSaid } = start(leaving(`{ stdio: "inherit", detached: true }`));
    await until("it has left something behind", () => pidSaid() > 0);
    try {
      process.kill();
      expect(await process.exited).toMatchObject({ error: null });
      await process.stop();
    } finally {
      globalThis.process.kill(pidSaid(), "SIGKILL");
    }
  });
});
