import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { prepareStateFolder, UnwritableError, writing } from "../../src/system/state-folder.ts";

let parent: string;
beforeEach(() => (parent = mkdtempSync(join(tmpdir(), "flvcast-state-"))));
afterEach(() => rmSync(parent, { recursive: true, force: true }));

const modeOf = (folder: string) => statSync(folder).mode & 0o777;

test("the folder is made for its owner alone", async () => {
  const folder = join(parent, "not/yet/there");
  await prepareStateFolder(folder);
  expect(modeOf(folder)).toBe(0o700);
  expect(modeOf(join(parent, "not"))).toBe(0o700);
});

test("a folder that is in order is left as it is", async () => {
  const folder = join(parent, "ours");
  mkdirSync(folder);
  chmodSync(folder, 0o500);
  await prepareStateFolder(folder);
  expect(modeOf(folder)).toBe(0o500);
});

test.each(["755", "750", "705", "711"])("a folder of mode %s is closed to others", async (mode) => {
  const folder = join(parent, "open");
  mkdirSync(folder);
  chmodSync(folder, Number.parseInt(mode, 8));
  await prepareStateFolder(folder);
  expect(modeOf(folder)).toBe(0o700);
});

test.each(["777", "720", "702"])(
  "a folder of mode %s, in which others may write, is refused",
  async (mode) => {
    const folder = join(parent, "shared");
    mkdirSync(folder);
    chmodSync(folder, Number.parseInt(mode, 8));
    await expect(prepareStateFolder(folder)).rejects.toMatchObject({
      reason: "permission",
      message: expect.stringMatching(
        /^other users may write to .*shared.*: empty it, then: chmod 700 .*shared$/,
      ),
    });
  },
);

test("another user's folder is refused", async () => {
  const folder = join(parent, "theirs");
  mkdirSync(folder);
  const us = (process.geteuid?.() ?? 0) + 1;
  await expect(prepareStateFolder(folder, us)).rejects.toMatchObject({
    reason: "permission",
    message: expect.stringMatching(/^.*theirs belongs to user \d+, not to user \d+: remove/),
  });
});

test("a folder that cannot be made is told apart from one that is refused", async () => {
  writeFileSync(join(parent, "file"), "");
  for (const folder of [join(parent, "file"), join(parent, "file/below")]) {
    await expect(prepareStateFolder(folder)).rejects.toMatchObject({ name: "UnwritableError" });
  }
});

const failing = (error: Error) =>
  writing("/kept", async () => {
    throw error;
  });

test("what the system refuses has its word for it, and a bug stays one", async () => {
  const refused = Object.assign(new Error("no space left"), { code: "ENOSPC" });
  await expect(failing(refused)).rejects.toThrow(UnwritableError);
  await expect(failing(refused)).rejects.toMatchObject({
    ...{ message: "cannot write to /kept (ENOSPC)", code: "ENOSPC", cause: refused },
  });
  await expect(failing(new TypeError("ours"))).rejects.toThrow(TypeError);
  expect(await writing("/kept", async () => 7)).toBe(7);
});
