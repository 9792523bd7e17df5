import {
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { findFfmpeg } from "../../src/ffmpeg/find.ts";
import { VersionCache } from "../../src/ffmpeg/version-cache.ts";
import { makeFolder } from "../e2e/folder.ts";

const folder = makeFolder();
afterAll(() => folder.remove());
afterEach(() => vi.unstubAllEnvs());

const path = folder.file("ffmpeg");
const ran = folder.file("ran");
const cacheFile = folder.file("cache/ffmpeg.json");
const cache = new VersionCache(folder.file("cache"));

/** An ffmpeg that says when it is run. */
function install(version: string): void {
  rmSync(path, { force: true });
  writeFileSync(path, `#!/bin/sh\necho x >>${ran}\necho "ffmpeg version ${version} Copyright"\n`, {
    mode: 0o755,
  });
}

const find = async () => (await findFfmpeg(path, undefined, cache)).version;
const runs = () => (existsSync(ran) ? readFileSync(ran, "utf8").length / 2 : 0);

beforeEach(() => {
  rmSync(folder.file("cache"), { recursive: true, force: true });
  rmSync(ran, { force: true });
  install("7.1");
});

describe("an ffmpeg that has said its version", () => {
  it("is not run for it again, and is the same", async () => {
    const first = await findFfmpeg(path, undefined, cache);
    expect(await findFfmpeg(path, undefined, new VersionCache(folder.file("cache")))).toEqual(first);
    expect(first).toMatchObject({ path, version: "7.1", majorVersion: 7, answeredInMs: expect.any(Number) });
    expect(runs()).toBe(1);
  });

  it("is asked again after an update, of the same size or the same time", async () => {
    await find();
    const { mtime } = statSync(path);
    install("8.0");
    utimesSync(path, mtime, new Date(mtime.getTime() + 1000));
    expect(await find()).toBe("8.0");
    install("10.0");
    utimesSync(path, mtime, new Date(mtime.getTime() + 1000));
    expect(await find()).toBe("10.0");
    expect(runs()).toBe(3);
  });

  it("is known by its file, by whatever name it is called", async () => {
    await find();
    rmSync(folder.file("bin"), { recursive: true, force: true });
    const link = folder.file("link");
    rmSync(link, { force: true });
    symlinkSync(path, link);
    expect(await findFfmpeg(link, undefined, cache)).toMatchObject({ path: link, version: "7.1" });
    vi.stubEnv("PATH", `${folder.path}:${process.env["PATH"]}`);
    expect(await findFfmpeg(null, undefined, cache)).toMatchObject({ path: "ffmpeg", version: "7.1" });
    expect(runs()).toBe(1);
  });

  it("is looked for behind a folder of its name, as a shell does", async () => {
    mkdirSync(folder.file("opt/ffmpeg"), { recursive: true });
    vi.stubEnv("PATH", `${folder.file("opt")}:${folder.path}:${process.env["PATH"]}`);
    expect(await findFfmpeg(null, undefined, cache)).toMatchObject({ version: "7.1" });
    install("8.0");
    expect(await findFfmpeg(null, undefined, cache)).toMatchObject({ version: "8.0" });
  });

  it.each([["gone"], ["not executable"]])("is not believed to be there when it is %s", async (how) => {
    await find();
    rmSync(path);
    if (how === "not executable") writeFileSync(path, "no program", { mode: 0o644 });
    await expect(find()).rejects.toMatchObject({ reason: "noFfmpeg" });
  });
});

it.each([["not JSON"], ["null"], ["[]"], ['{"x":null}'], [" ".repeat(200_000)]])(
  "what is wrong with the file is no error: %.20s",
  async (text) => {
    await find();
    writeFileSync(cacheFile, text);
    expect(await find()).toBe("7.1");
    expect(await find()).toBe("7.1");
    expect(runs()).toBe(2);
  },
);

it("where nothing can be written, it is run each time", async () => {
  const nowhere = new VersionCache("/dev/null/cache");
  for (let n = 0; n < 2; n++) expect((await findFfmpeg(path, undefined, nowhere)).version).toBe("7.1");
  expect(runs()).toBe(2);
});
