// Runs commands in the guest for the tests on the host, as the guest's first process. Plain Node without packages.
//
//   POST /run    {"command": ["id"], "user": "cam", "env": {}}
//                answers line by line: {"pid": 7}, {"stdout": "…"}, {"stderr": "…"}, at last {"exitCode": 0}
//                Whoever hangs up ends the command and all that it started.
//   POST /kill   {"pid": 7, "signal": "SIGTERM"}: to the command alone
import { spawn } from "node:child_process";
import { createServer } from "node:http";
import { text } from "node:stream/consumers";

createServer((request, response) => {
  text(request).then((body) => answer(request.url, JSON.parse(body), response), console.error);
}).listen(9000, "0.0.0.0");

/**
 * @param {string | undefined} path
 * @param {{ command: string[], user?: string, env?: Record<string, string>, pid: number, signal: NodeJS.Signals }} asked
 * @param {import("node:http").ServerResponse} response
 */
function answer(path, asked, response) {
  if (path === "/kill") {
    response.end(String(signal(asked.pid, asked.signal)));
    return;
  }
  const [program = "", ...args] = [...asUser(asked.user ?? "root"), ...asked.command];
  const child = spawn(program, args, {
    cwd: "/project",
    env: { ...process.env, ...asked.env },
    stdio: ["ignore", "pipe", "pipe"],
    detached: true, // a process group of its own, to be ended as one
  });
  /** @param {Record<string, unknown>} line */
  const say = (line) => response.write(`${JSON.stringify(line)}\n`);
  const group = child.pid ?? 0;
  say({ pid: group });
  response.on("close", () => signal(-group, "SIGKILL"));
  child.stdout.setEncoding("utf8").on("data", (/** @type {string} */ stdout) => say({ stdout }));
  child.stderr.setEncoding("utf8").on("data", (/** @type {string} */ stderr) => say({ stderr }));
  child.on("error", ({ message }) => response.end(`${JSON.stringify({ stderr: message, exitCode: 127 })}\n`));
  child.on("close", (exitCode) => response.end(`${JSON.stringify({ exitCode })}\n`));
}

/**
 * As login does it: the user's own groups and home.
 * @param {string} user
 */
function asUser(user) {
  const home = user === "root" ? "/root" : `/home/${user}`;
  const identity = ["--reuid", user, "--regid", user, "--init-groups"];
  return ["/usr/bin/setpriv", ...identity, "/usr/bin/env", `HOME=${home}`, `USER=${user}`];
}

/**
 * @param {number} pid
 * @param {NodeJS.Signals} name
 */
function signal(pid, name) {
  try {
    return pid !== 0 && process.kill(pid, name);
  } catch {
    return false; // it has gone
  }
}
