import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

/**
 * Runs a command to its end.
 * @param {string} folder
 * @param {readonly string[]} command
 * @param {NodeJS.ProcessEnv} env
 * @returns its stdout; throws with the end of its stderr if it fails
 */
export function output(folder, [program = "", ...args], env = {}) {
  const { status, stdout, stderr, error } = spawnSync(program, args, {
    cwd: folder,
    env: { ...process.env, ...env },
    encoding: "utf8",
    maxBuffer: 64e6,
  });
  if (status === 0) return stdout;
  const reason = error?.message ?? `exit ${status}: ${stderr.trim().split("\n").slice(-3).join(" | ")}`;
  throw new Error(`${[program, ...args].join(" ")}: ${reason}`);
}

/**
 * Runs a command whose output is of interest while it runs: it goes to stderr.
 * @param {string} folder
 * @param {readonly string[]} command
 * @param {NodeJS.ProcessEnv} env
 */
export function show(folder, [program = "", ...args], env = {}) {
  const { status } = spawnSync(program, args, {
    cwd: folder,
    env: { ...process.env, ...env },
    stdio: ["ignore", 2, 2],
  });
  if (status !== 0) throw new Error(`${[program, ...args].join(" ")}: exit ${status}, see above`);
}

/**
 * Starts what prints a stream's URL, asks for the stream, and stops it.
 * @param {string} folder
 * @param {readonly string[]} command
 * @returns {Promise<string>} the URL
 */
export async function urlOf(folder, [program = "", ...args]) {
  const child = spawn(program, args, {
    cwd: folder,
    detached: true, // a group of its own: npm does not pass signals on to all that it has started
    stdio: ["ignore", "pipe", "inherit"],
  });
  const closed = once(child, "close");
  try {
    for await (const line of createInterface({ input: child.stdout })) {
      if (!/^http:\S+\.flv$/.test(line)) continue;
      const { status, body } = await fetch(line);
      const { value } = (await body?.getReader().read()) ?? {};
      if (status !== 200 || Buffer.from(value ?? []).toString("latin1", 0, 3) !== "FLV")
        throw new Error(`${line} answers ${status} and not with FLV`);
      return line;
    }
    throw new Error(`${[program, ...args].join(" ")} printed no URL`);
  } finally {
    if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, "SIGTERM");
    child.stdout.resume();
    await closed;
  }
}
