import { mkdtempSync, readdirSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterEach, beforeEach, expect, test } from "vitest";
import { lockName } from "../../src/control/name-lock.ts";
import { type ControlSocket, openControlSocket } from "../../src/control/socket.ts";
import {
  afterNextLink,
  beforeNextLink,
  forgetNextLink,
  replaceLinking,
  replaceRemoval,
} from "./before-link.ts";

let folder: string;
let rival: ControlSocket;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "flvcast-race-"));
  rival = await openControlSocket(folder, (peer) => peer.end());
});
afterEach(async () => {
  forgetNextLink();
  await rival.close();
  rmSync(folder, { recursive: true, force: true });
});

test.each([
  { who: "took the same number", before: [], link: "garden@1" },
  { who: "took a higher number", before: [], link: "garden@3" },
  {
    who: "took a lower number, when that of a dead one was cleared away",
    before: ["garden@7"],
    link: "garden@1",
  },
])("a name is another's who $who in between", async ({ before, link }) => {
  for (const dead of before) symlinkSync("1-00000000.sock", join(folder, dead));
  beforeNextLink(() => {
    for (const dead of before) rmSync(join(folder, dead));
    symlinkSync(rival.file, join(folder, link));
  });
  expect(await lockName(folder, "garden", () => undefined)).toMatchObject({
    kind: "held",
    holder: { socketPath: join(folder, rival.file) },
  });
  expect(readdirSync(folder).toSorted()).toEqual([rival.file, link].toSorted());
});

test("a name is another's who took a higher number, and has cleared ours away", async () => {
  afterNextLink(() => {
    rmSync(join(folder, "garden@1"));
    symlinkSync(rival.file, join(folder, "garden@2"));
  });
  expect(await lockName(folder, "garden", () => undefined)).toMatchObject({ kind: "held" });
});

test("a link that came too late is gone by the time that is told", async () => {
  beforeNextLink(() => {
    symlinkSync(rival.file, join(folder, "garden@2"));
    replaceRemoval(async (path) => {
      await delay(20);
      rmSync(path);
    });
  });
  await lockName(folder, "garden", () => undefined);
  expect(readdirSync(folder)).not.toContain("garden@1");
});

test("a name that others take each time is given up after a hundred tries, and leaves no socket", async () => {
  let tries = 0;
  replaceLinking(async () => {
    tries += 1;
    throw Object.assign(new Error("it is there"), { code: "EEXIST" });
  });
  await expect(lockName(folder, "garden", () => undefined)).rejects.toThrow("garden could not be taken");
  expect(tries).toBe(100);
  expect(readdirSync(folder)).toEqual([rival.file]);
});
