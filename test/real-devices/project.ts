import { cpSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { makeFilms } from "./films.ts";

const projectFolder = fileURLToPath(new URL("../..", import.meta.url));

/** Puts into `folder` what the guest sees as /project: flvcast as it is installed, the agent, the drivers, a film. */
export async function layOutProject(folder: string, imageFolder: string): Promise<string> {
  mkdirSync(folder, { recursive: true, mode: 0o755 });
  const copy = (from: string, to: string) =>
    cpSync(from, join(folder, to), { recursive: true, dereference: true });
  for (const path of ["bin/flvcast.js", "dist", "package.json", ...productionModules()]) {
    copy(join(projectFolder, path), path);
  }
  copy(join(projectFolder, "test/real-devices/guest/agent.js"), "agent.js");
  copy(join(imageFolder, "drivers"), "drivers");
  await makeFilms(join(folder, "films"));
  return folder;
}

/** What npm installs for a user who leaves the optional packages out. */
function productionModules(): readonly string[] {
  // package-lock.json, lockfileVersion 3: https://docs.npmjs.com/cli/configuring-npm/package-lock-json
  const lock = JSON.parse(readFileSync(join(projectFolder, "package-lock.json"), "utf8")) as {
    readonly packages: Readonly<Record<string, { dev?: boolean; optional?: boolean; devOptional?: boolean }>>;
  };
  return Object.entries(lock.packages)
    .filter(([path, { dev, optional, devOptional }]) => path !== "" && !dev && !optional && !devOptional)
    .map(([path]) => path);
}

/** The folder of ffmpegs of other versions, which the guest sees at the same path; null where there is none. */
export function otherFfmpegsFolder(): string | null {
  const folder = join(homedir(), ".cache", "flvcast-ffmpegs");
  return existsSync(folder) ? folder : null;
}
