import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type CodeCacheFile, readCodeCache, writeCodeCache } from "../../src/cli/code-cache.ts";

const code = Buffer.from("what V8 has compiled");
let folder = "";
let file: CodeCacheFile;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "flvcast-code-"));
  file = { folder: join(folder, "code"), command: "start", key: "0a1b2c3d" };
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const path = () => join(file.folder, "start-0a1b2c3d.code");

describe("the code cache", () => {
  it("gives back what was written, in a folder that it makes, for its user alone", async () => {
    expect(readCodeCache(file)).toBeUndefined();
    await writeCodeCache(file, code);
    expect(readCodeCache(file)).toEqual(code);
    expect(statSync(path()).mode & 0o777).toBe(0o600);
    expect(statSync(file.folder).mode & 0o777).toBe(0o700);
  });

  it("gives nothing of another program, command or version of node", async () => {
    await writeCodeCache(file, code);
    expect(readCodeCache({ ...file, key: "ffffffff" })).toBeUndefined();
    expect(readCodeCache({ ...file, command: "serve" })).toBeUndefined();
  });

  it("removes what other versions have left of the same command, and of no other", async () => {
    await writeCodeCache({ ...file, key: "00000000" }, code);
    await writeCodeCache({ ...file, command: "serve", key: "00000000" }, code);
    await writeCodeCache(file, code);
    expect(readdirSync(file.folder).toSorted()).toEqual(["serve-00000000.code", "start-0a1b2c3d.code"]);
  });

  it("trusts no file that was cut off or damaged, wherever", async () => {
    await writeCodeCache(file, code);
    const whole = readFileSync(path());
    for (let bytes = 0; bytes < whole.length; bytes++) {
      writeFileSync(path(), whole.subarray(0, bytes));
      expect(readCodeCache(file), `${bytes} bytes`).toBeUndefined();
      const damaged = Buffer.from(whole);
      damaged[bytes] = (damaged[bytes] ?? 0) ^ 1;
      writeFileSync(path(), damaged);
      expect(readCodeCache(file), `byte ${bytes}`).toBeUndefined();
    }
    writeFileSync(path(), whole);
    expect(readCodeCache(file)).toEqual(code);
  });

  it.skipIf(process.platform === "win32")("trusts no file that others may write", async () => {
    await writeCodeCache(file, code);
    chmodSync(path(), 0o622);
    expect(readCodeCache(file)).toBeUndefined();
    await writeCodeCache(file, code);
    expect(readCodeCache(file)).toEqual(code);
  });

  it("does without where nothing can be written", async () => {
    writeFileSync(join(folder, "code"), "a file in the way");
    await writeCodeCache(file, code);
    expect(readCodeCache(file)).toBeUndefined();
    expect(readdirSync(folder)).toEqual(["code"]);
  });
});
