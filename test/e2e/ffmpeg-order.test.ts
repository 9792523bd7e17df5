import { cpSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { type Ended, findProgram, run } from "../run.ts";
import { flvcastPackage } from "../start-flvcast.ts";
import { type Folder, makeFolder } from "./folder.ts";

const folders: Folder[] = [];
afterAll(() => folders.forEach((folder) => folder.remove()));

/** The built program beside a package ffmpeg-static that names `path` as its binary. */
function installedWith(path: string): string {
  const folder = makeFolder();
  folders.push(folder);
  for (const part of ["bin", "dist", "package.json"])
    cpSync(join(flvcastPackage, part), folder.file(part), { recursive: true });
  const modules = folder.file("node_modules");
  mkdirSync(join(modules, "ffmpeg-static"), { recursive: true });
  writeFileSync(
    join(modules, "ffmpeg-static/package.json"),
    '{ "name": "ffmpeg-static", "main": "index.js" }',
  );
  writeFileSync(join(modules, "ffmpeg-static/index.js"), `module.exports = ${JSON.stringify(path)};`);
  return folder.file("bin/flvcast.js");
}

/** Runs it where there is nothing on the PATH. */
function dryRun(program: string): Promise<Ended> {
  const start = ["start", "--device", "test", "--encoder", "libx264", "--dry-run"];
  return run([process.execPath, program, ...start], {
    env: { PATH: "/nowhere" },
  });
}

describe("where the system has no ffmpeg", () => {
  const systemFfmpeg = findProgram("ffmpeg") ?? "";
  it("the package ffmpeg-static's is taken", async () => {
    const { stdout, exitCode } = await dryRun(installedWith(systemFfmpeg));
    expect(stdout).toMatch(new RegExp(`^${systemFfmpeg} -hide_banner`));
    expect(exitCode).toBe(0);
  });

  it("a path of ffmpeg-static's at which nothing was downloaded is none", async () => {
    const { stderr, exitCode } = await dryRun(installedWith("/nowhere/ffmpeg"));
    expect(stderr).toMatch(/^flvcast: ffmpeg not found; install it /);
    expect(exitCode).toBe(14);
  });
});
