import { spawn } from "node:child_process";
import { closeSync, mkdirSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { createInterface } from "node:readline/promises";

/** Where the output of npm and apt goes; npm leaves this folder alone. */
const logPath = "node_modules/.cache/flvcast-setup.log";
const frames = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];

/** @param {string} line */
export function say(line) {
  process.stderr.write(`flvcast setup: ${line}\n`);
}

/** Empties the log. */
export function startLog() {
  mkdirSync(dirname(logPath), { recursive: true });
  writeFileSync(logPath, "");
}

/** Whether someone is there to answer a question. */
export function canAsk() {
  return process.stdin.isTTY && process.stderr.isTTY && !process.env["CI"];
}

/** @param {string} question */
export async function ask(question) {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  // Ctrl-D is no answer, and readline would wait for one for ever.
  const gone = new Promise((resolve) => terminal.once("close", () => resolve("n")));
  const answer = await Promise.race([terminal.question(`${question} [Y/n] `), gone]);
  terminal.close();
  return /^\s*(y(es)?)?\s*$/i.test(answer);
}

/**
 * Runs a command with its output in the log, and with a spinner where stderr is a terminal.
 * @param {string} title what it does, as a participle
 * @param {readonly string[]} command
 * @param {Readonly<Record<string, string>>} env
 */
export async function step(title, command, env = {}) {
  const stopSpinner = startSpinner(title);
  const failure = await runLogged(command, env).finally(stopSpinner);
  if (failure === null) return;
  const lastLines = readFileSync(logPath, "utf8").trimEnd().split("\n").slice(-15).join("\n");
  throw new Error(`${title} failed: ${failure}\n${lastLines}\nAll of the output: ${logPath}`);
}

/** @param {string} title */
function startSpinner(title) {
  if (!process.stderr.isTTY) {
    say(title);
    return () => {};
  }
  const startedMs = Date.now();
  const seconds = () => `${Math.round((Date.now() - startedMs) / 1000)} s`;
  let count = 0;
  const draw = () =>
    process.stderr.write(`\r\u001b[K${frames[count++ % frames.length]} ${title} (${seconds()})`);
  const timer = setInterval(draw, 100);
  draw();
  return () => {
    clearInterval(timer);
    process.stderr.write("\r\u001b[K");
    say(`${title} (${seconds()})`);
  };
}

/**
 * @param {readonly string[]} command
 * @param {Readonly<Record<string, string>>} env
 * @returns {Promise<string | null>} why it failed
 */
async function runLogged([program = "", ...args], env) {
  const log = openSync(logPath, "a");
  try {
    return await new Promise((resolve) => {
      const child = spawn(program, args, {
        stdio: ["ignore", log, log],
        env: { ...process.env, ...env },
        shell: process.platform === "win32", // npm is a script there
      });
      child.once("error", (error) => resolve(error.message));
      child.once("close", (code, signal) => resolve(code === 0 ? null : `exit ${code ?? signal}`));
    });
  } finally {
    closeSync(log);
  }
}
