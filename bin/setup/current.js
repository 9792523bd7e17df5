import { existsSync, lstatSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

/** Every package of the lock that is not optional is there, in the lock's version. */
export function modulesAreCurrent() {
  if (!existsSync("node_modules")) return false;
  if (lstatSync("node_modules").isSymbolicLink()) return true; // a worktree's: whoever owns it keeps it
  const installed = readPackages("node_modules/.package-lock.json");
  return Object.entries(readPackages("package-lock.json")).every(
    ([path, { version, optional }]) => path === "" || optional || installed[path]?.version === version,
  );
}

/**
 * @param {string} lockPath
 * @returns {Record<string, { version?: string, optional?: boolean }>}
 */
function readPackages(lockPath) {
  return existsSync(lockPath) ? JSON.parse(readFileSync(lockPath, "utf8")).packages : {};
}

export function buildIsCurrent() {
  const built = "dist/run.cjs";
  if (!existsSync(built)) return false;
  const sources = readdirSync("src", { recursive: true, encoding: "utf8" }).map((name) => join("src", name));
  const builtMs = statSync(built).mtimeMs;
  // Directories count, too: they change when a file goes.
  return ["src", "package.json", "tsconfig.json", "tsconfig.build.json", ...sources].every(
    (path) => statSync(path).mtimeMs <= builtMs,
  );
}
