import { spawnSync } from "node:child_process";
import { findProgram } from "../../run.ts";

/** What a shell prints; its complaints are a failure. */
export function runShell(shell: string, args: readonly string[], input = "", cwd?: string): string {
  const { stdout, stderr, status } = spawnSync(shell, args, {
    ...{ input, cwd, encoding: "utf8", timeout: 20_000 },
    env: { ...process.env, TERM: "dumb", LC_ALL: "C.UTF-8" },
  });
  if (status !== 0 || stderr !== "") throw new Error(`${shell}: exit ${status}\n${stderr}`);
  return stdout;
}

/** Whether a program is here; where it is not, it is said why its tests are left out. */
export function isHere(program: string): boolean {
  const isFound = findProgram(program) !== null;
  if (!isFound) process.stderr.write(`left out: what ${program} makes of it: ${program} is not installed\n`);
  return isFound;
}
