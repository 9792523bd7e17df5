import { stat } from "node:fs/promises";
import { dirname } from "node:path";

/** The first folder or file on the way to `path` that a user without any group may not pass or read; null where all may. */
export async function closedToOthers(path: string): Promise<string | null> {
  for (const step of [...waysTo(path), path]) {
    const found = await stat(step).catch(() => null);
    if (found === null) return step;
    const needed = found.isDirectory() ? 0o001 : 0o004;
    if ((found.mode & needed) === 0) return step;
  }
  return null;
}

function waysTo(path: string): readonly string[] {
  const parent = dirname(path);
  return parent === path ? [] : [...waysTo(parent), parent];
}
