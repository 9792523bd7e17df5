import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import type { Trouble } from "../../src/events/delivery.ts";
import { runner } from "../../src/events/run.ts";
import { isRunning, until } from "../e2e/processes.ts";
import { someEvent } from "./some-event.ts";

const folder = mkdtempSync(join(tmpdir(), "flvcast-hook-"));
afterAll(() => rmSync(folder, { recursive: true }));

const MINUTE_MS = 60_000;

interface Ran {
  readonly trouble: Trouble | null;
  readonly lines: readonly string[];
  readonly tookMs: number;
}

interface RunTestOptions {
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs a command for one event. */
async function run(
  command: readonly [string, ...string[]],
  {
    timeoutMs = MINUTE_MS,
    signal = new AbortController().signal,
    env = { PATH: process.env["PATH"] ?? "" },
  }: RunTestOptions = {},
): Promise<Ran> {
  const lines: string[] = [];
  const deliver = runner({ kind: "run", command, timeoutMs }, env);
  const startMs = performance.now();
  const trouble = await deliver(someEvent("stream-down", { reason: "deviceAbsent" }), {
    ...{ queuedMs: 0, signal, onTrouble: () => undefined },
    onLine: (line) => lines.push(line),
  });
  return { trouble, lines, tookMs: performance.now() - startMs };
}

const shell = (script: string, options?: RunTestOptions) => run(["sh", "-c", script], options);

/** The number that a script has written into a file, as soon as it has. */
async function pidIn(path: string): Promise<number> {
  const read = () => {
    try {
      return readFileSync(path, "utf8").trim();
    } catch {
      return ""; // not yet
    }
  };
  await until(`there is a number in ${path}`, () => read() !== "", MINUTE_MS);
  return Number(read());
}

describe.skipIf(process.platform === "win32")("a program (in sh, which Windows does not have)", () => {
  test("gets the event as JSON on its stdin, and in its environment", async () => {
    const path = join(folder, "event.json");
    const { trouble, lines } = await shell(
      `cat >'${path}'; echo "$FLVCAST_EVENT $FLVCAST_STREAM $FLVCAST_REASON"`,
    );
    expect([trouble, lines]).toEqual([null, ["stream-down garden deviceAbsent"]]);
    expect(JSON.parse(readFileSync(path, "utf8"))).toMatchObject({ event: "stream-down", stream: "garden" });
  });

  test("has of flvcast's environment only what programs need to run", async () => {
    const secrets = {
      FLVCAST_TOKEN: "secret",
      FLVCAST_DEVICE: "rtsp://u:p@cam",
      AWS_SECRET_ACCESS_KEY: "secret",
    };
    const needed = { PATH: process.env["PATH"] ?? "", HOME: "/home/me", LANG: "C.UTF-8", USER: "me" };
    const { lines } = await run(["env"], { env: { ...secrets, ...needed } });
    const names = lines.map((line) => line.replace(/=.*/, "")).filter((name) => !name.startsWith("FLVCAST_"));
    expect(names.toSorted()).toEqual(["HOME", "LANG", "PATH", "USER"]);
    expect(lines.filter((line) => /^FLVCAST_(TOKEN|DEVICE)=|secret/.test(line))).toEqual([]);
  });

  test("gets its arguments as they are: no shell reads them", async () => {
    const { lines } = await run(["echo", "$FLVCAST_EVENT", "a  b", "; exit 1", "`id`"]);
    expect(lines).toEqual(["$FLVCAST_EVENT a  b ; exit 1 `id`"]);
  });

  test("need not read the event", async () => {
    expect((await shell("exec <&-; exit 0")).trouble).toBeNull();
  });

  test("that fails is told with its exit code, and the last line of its stderr", async () => {
    const { trouble, lines } = await shell("echo first; echo no route >&2; exit 3");
    expect(trouble).toEqual({ kind: "exited with code 3", detail: "no route" });
    expect(lines.toSorted()).toEqual(["first", "no route"]);
    expect((await shell("kill -KILL $$")).trouble).toEqual({ kind: "was ended by SIGKILL", detail: null });
  });

  test("says no password, and not without end", async () => {
    const { lines, trouble } = await shell(
      "echo http://me:pass@host/live/x >&2; yes a | head -n 100000; yes | tr -d '\\n' | head -c 1000000; exit 1",
    );
    expect(lines.join("\n")).not.toContain("pass");
    expect(trouble?.detail).not.toContain("pass");
    expect(lines.length).toBeLessThanOrEqual(200);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(1000);
  });

  test.each<[what: string, file: string | null, mode: number, kind: RegExp]>([
    ["is not there", null, 0, /not found/],
    ["may not be executed", "#!/bin/sh\n", 0o644, /not executable/],
    ["has no interpreter", "#!/nonexistent/sh\n", 0o755, /not found/],
  ])("that %s cannot be started", async (what, content, mode, kind) => {
    const path = join(folder, what.replaceAll(" ", "-"));
    if (content !== null) writeFileSync(path, content, { mode });
    const { trouble } = await run([path, "secret"]);
    expect(trouble?.kind).toMatch(kind);
    expect(trouble?.kind).not.toContain("secret");
  });

  test("may leave another one running, which nobody waits for", async () => {
    const pidPath = join(folder, "left");
    const { trouble } = await shell(`sleep 1000 & echo $! >'${pidPath}'`);
    expect(trouble).toBeNull();
    const left = await pidIn(pidPath);
    expect(isRunning(left)).toBe(true);
    process.kill(left);
  });

  test("that hangs is stopped when its time is over", async () => {
    const { trouble } = await run(["sleep", "1000"], { timeoutMs: 500 });
    expect(trouble).toEqual({ kind: "was stopped: it ran for more than 0.5 s", detail: null });
  });

  const tidies = "trap 'echo tidied; exit 0' TERM";
  const stubborn = "trap '' TERM";
  const loops = "while :; do sleep 0.1; done";
  test.each<[what: string, script: (pidPath: string) => string, reason: string, lines: readonly string[]]>([
    ["can tidy up", (pid) => `${tidies}; echo $$ >${pid}; sleep 1000 & wait`, "soon", ["tidied"]],
    ["heeds no SIGTERM is killed", (pid) => `${stubborn}; echo $$ >${pid}; ${loops}`, "soon", []],
    [
      "has started one that heeds none is killed with that",
      (pid) => `(${stubborn}; sh -c 'echo $$ >${pid}; ${loops}') & wait`,
      ...(["soon", []] as const),
    ],
    ["cannot tidy up when there is no time", (pid) => `${tidies}; echo $$ >${pid}; ${loops}`, "now", []],
  ])("that still runs at the end %s", async (what, script, reason, expected) => {
    const stop = new AbortController();
    const pidPath = join(folder, what.replaceAll(" ", "-"));
    const ran = shell(script(pidPath), { signal: stop.signal });
    const pid = await pidIn(pidPath);
    stop.abort(reason);
    const { trouble, lines } = await ran;
    expect(trouble?.kind).toMatch(reason === "now" ? /SIGKILL/ : /still running/);
    expect(lines).toEqual(expected);
    await until("it is gone", () => !isRunning(pid), MINUTE_MS);
  });

  test("does not begin where all is over already", async () => {
    expect((await shell("sleep 1000", { signal: AbortSignal.abort("soon") })).trouble?.kind).toMatch(
      /still running/,
    );
  });
});
