import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { keptToken, readTokenFile } from "../../src/auth/token-file.ts";

const TOKEN = "right-token-0123456789ab";

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "flvcast-token-"))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function file(name: string, text: string, mode = 0o600): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  chmodSync(path, mode);
  return path;
}

describe("a token that is made", () => {
  test("is kept for its stream alone, and read by nobody else", async () => {
    const inside = join(folder, "not/yet/there");
    const { token, path } = await keptToken(inside, "garden");
    expect(path).toBe(join(inside, "garden.token"));
    expect(readFileSync(path, "utf8")).toBe(`${token}\n`);
    expect([statSync(path), statSync(inside)].map(({ mode }) => mode & 0o777)).toEqual([0o600, 0o700]);
    expect(readdirSync(inside)).toEqual(["garden.token"]);
    expect(await keptToken(inside, "garden")).toEqual({ token, path });
    expect((await keptToken(inside, "door")).token).not.toBe(token);
  });

  test("is one, where many starts make it at once", async () => {
    const kept = await Promise.all(Array.from({ length: 20 }, () => keptToken(folder, "garden")));
    expect(new Set(kept.map(({ token }) => token)).size).toBe(1);
    expect(readdirSync(folder)).toEqual(["garden.token"]);
  });

  test.each([
    [
      "others may read it",
      `${TOKEN}\n`,
      0o644,
      /other users may have read the token in it\. Delete the file/,
    ],
    ["it is empty", "", 0o600, /the token in it is too short: .*\. Delete the file to get a new token$/],
    [
      "it is a short one of an earlier version, or made by hand",
      "hunter2\n",
      0o600,
      /at least 8 characters\. Delete the file to get a new token$/,
    ],
    ["it is no token", "hello there, how are you?\n", 0o600, /the token in it has characters/],
    ["it is endless", "a".repeat(5000), 0o600, /the token in it is too long/],
  ])("is not believed where %s", async (_why, text, mode, message) => {
    file("garden.token", text, mode);
    await expect(keptToken(folder, "garden")).rejects.toMatchObject({
      reason: "permission",
      message: expect.stringMatching(message),
    });
  });

  test("is not read through a link, nor in a folder where others may write", async () => {
    symlinkSync(file("elsewhere", TOKEN), join(folder, "garden.token"));
    await expect(keptToken(folder, "garden")).rejects.toMatchObject({ reason: "permission" });
    chmodSync(folder, 0o777);
    await expect(keptToken(folder, "door")).rejects.toMatchObject({ reason: "permission" });
  });

  test("that cannot be kept is told apart from one that is refused", async () => {
    const inFile = join(file("file", ""), "below");
    await expect(keptToken(inFile, "garden")).rejects.toMatchObject({ name: "UnwritableError" });
  });
});

describe("a token in a file of the user's", () => {
  test.each([TOKEN, `${TOKEN}\n`, `\n ${TOKEN}\r\n\n`])("may have room around it: %j", async (text) => {
    expect(await readTokenFile(file("token", text, 0o644))).toBe(TOKEN);
  });

  test.each([
    ["", 0o600, "usage", /^--token-file .*token: the token in it is too short: use at least 8 characters$/],
    [`${TOKEN}\n${TOKEN}\n`, 0o600, "usage", /the token in it has characters/],
    ["1234567", 0o600, "usage", /use at least 8 characters$/],
    [TOKEN, 0o622, "permission", /^--token-file .* can be changed by other users; fix it with: chmod go-w /],
  ])("is refused where it is %j with mode %o", async (text, mode, reason, message) => {
    await expect(readTokenFile(file("token", text, mode))).rejects.toMatchObject({
      reason,
      message: expect.stringMatching(message),
    });
  });

  test("is refused where there is none, or a folder", async () => {
    mkdirSync(join(folder, "folder"));
    for (const name of ["nothing", "folder"])
      await expect(readTokenFile(join(folder, name))).rejects.toMatchObject({ reason: "usage" });
  });
});
