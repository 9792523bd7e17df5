import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { afterAll, afterEach, describe, expect, it } from "vitest";
import { findFfmpeg, majorOf } from "../../src/ffmpeg/find.ts";
import { makeFolder } from "../e2e/folder.ts";
import { isRunning } from "../e2e/processes.ts";

const folder = makeFolder();
afterAll(() => folder.remove());

describe("the version of an ffmpeg", () => {
  it.each([
    ["5.1.9-0+deb12u1", 5],
    ["4.3.6-0+deb11u1+rpt5", 4],
    ["n7.1", 7],
    ["9.0.2-4", 9],
    ["7.0.2-static", 7],
    ["git-7.1-3", Number.POSITIVE_INFINITY],
    ["123.4", Number.POSITIVE_INFINITY],
    ["N-113007-g8d24a28d06", Number.POSITIVE_INFINITY],
    ["2026-01-12-git-21a3e44fbe-full_build", Number.POSITIVE_INFINITY],
  ])("%s is %d", (version, major) => {
    expect(majorOf(version)).toBe(major);
  });
});

/** An ffmpeg that needs longer than it is given, as on a machine that has just booted. */
function slowFfmpeg(): string {
  const path = folder.file("ffmpeg");
  writeFileSync(path, "#!/bin/sh\nexec sleep 60\n", { mode: 0o755 });
  return path;
}

describe("an ffmpeg that does not answer in time", () => {
  const oldPath = process.env["PATH"];
  afterEach(() => void (process.env["PATH"] = oldPath));

  it("is there, and may be waited for: it is not said to be missing", async () => {
    const path = slowFfmpeg();
    const late = {
      reason: "notReady",
      message: expect.stringMatching(/ -version did not finish within 0.2 s; /),
    };
    await expect(findFfmpeg(path, 200)).rejects.toMatchObject(late);
    process.env["PATH"] = `${dirname(path)}:${oldPath}`;
    await expect(findFfmpeg(null, 200)).rejects.toMatchObject(late);
  });
});

describe("an ffmpeg that was requested", () => {
  it.each([
    ["/nowhere/ffmpeg", /--ffmpeg \/nowhere\/ffmpeg: no such file; /],
    [import.meta.filename, /: not executable; /],
    ["/bin/true", /not an ffmpeg/],
  ])("and does not work is refused (%s), and no other is taken in its place", async (path, message) => {
    await expect(findFfmpeg(path)).rejects.toThrow(message);
    await expect(findFfmpeg(path)).rejects.toMatchObject({ exitCode: 14 });
  });

  it.each([
    ["heeds no SIGTERM", "trap '' TERM\nsleep 60 & wait"],
    ["is stopped", "kill -STOP $$"],
  ])("and does not answer is given up, and killed: one that %s", async (_, hangs) => {
    const [path, pidPath] = [folder.file("hanging-ffmpeg"), folder.file("pid")];
    writeFileSync(path, `#!/bin/sh\necho $$ >'${pidPath}'\n${hangs}\n`, { mode: 0o755 });
    await expect(findFfmpeg(path, 2000)).rejects.toThrow(/ -version did not finish within 2 s; /);
    expect(existsSync(pidPath) && isRunning(Number(readFileSync(pidPath, "latin1")))).toBe(false);
  });
});
