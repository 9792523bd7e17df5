import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { cacheFolder } from "./cache-folder.ts";
import { freshStateFolder } from "./state-folder.ts";

const builtProgram = fileURLToPath(new URL("../bin/flvcast.js", import.meta.url));

/** The program under test; FLVCAST_TEST_BIN names another one, such as an installed package's. */
export const flvcastProgram = process.env["FLVCAST_TEST_BIN"] ?? builtProgram;

/** The folder of the package that it belongs to. */
export const flvcastPackage = dirname(dirname(flvcastProgram));

/** A `flvcast start` that has said that it is ready. */
export interface RunningStream {
  readonly url: string;
  /** As the program said, or null if it did not. */
  readonly fps: number | null;
  readonly pid: number;
  /** Milliseconds from spawn to the line with the URL. */
  readonly startMs: number;
  /** Everything on stderr so far. */
  stderr(): string;
  /** SIGTERM, then its exit code. */
  stop(): Promise<number | null>;
}

/** The environment, with folders for state that no other program uses. */
export const ownFolders = (): NodeJS.ProcessEnv => ({
  ...process.env,
  CACHE_DIRECTORY: cacheFolder,
  RUNTIME_DIRECTORY: freshStateFolder(),
  STATE_DIRECTORY: freshStateFolder(),
});

/** Starts the built program with `start --port 0 --json …` and waits for its URL. */
export async function startFlvcast(
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
): Promise<RunningStream> {
  const spawnedMs = performance.now();
  const child = spawn(process.execPath, [flvcastProgram, "start", "--port", "0", "--json", ...args], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...ownFolders(), ...env },
  });
  let stdout = "";
  let stderr = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  const line = await new Promise<string>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) =>
      reject(new Error(`flvcast start ${args.join(" ")}: exit ${code}\n${stderr}`)),
    );
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      stdout += text;
      const end = stdout.indexOf("\n");
      if (end >= 0) resolve(stdout.slice(0, end));
    });
  });
  const startMs = performance.now() - spawnedMs;
  return {
    ...readReadyLine(line),
    pid: child.pid ?? 0,
    startMs,
    stderr: () => stderr,
    stop: () => stop(child),
  };
}

function readReadyLine(line: string): { url: string; fps: number | null } {
  const ready: unknown = JSON.parse(line);
  if (typeof ready !== "object" || ready === null || !("url" in ready) || typeof ready.url !== "string") {
    throw new Error(`flvcast start --json: expected an object with a url, got ${line}`);
  }
  return { url: ready.url, fps: "fps" in ready && typeof ready.fps === "number" ? ready.fps : null };
}

async function stop(child: ChildProcess): Promise<number | null> {
  if (child.exitCode === null && child.signalCode === null) {
    const closed = once(child, "close");
    child.kill("SIGTERM");
    const patience = setTimeout(() => child.kill("SIGKILL"), 10_000);
    await closed;
    clearTimeout(patience);
  }
  return child.exitCode;
}
