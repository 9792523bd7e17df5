import {
  linkSync,
  lutimesSync,
  mkdtempSync,
  readdirSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { holderOf, holdersIn, lockName, type NameLock } from "../../src/control/name-lock.ts";
import { openControlSocket } from "../../src/control/socket.ts";
import { beforeNextLink, forgetNextLink, replaceRemoval } from "./before-link.ts";

let folder: string;
let mine: (NameLock & { kind: "mine" })[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "flvcast-lock-"));
  mine = [];
});
afterEach(async () => {
  forgetNextLink();
  await Promise.all(mine.map((one) => one.release()));
  rmSync(folder, { recursive: true, force: true });
});

async function take(key: string): Promise<NameLock> {
  const taken = await lockName(folder, key, (socket) => socket.end());
  if (taken.kind === "mine") mine.push(taken);
  return taken;
}

async function release(): Promise<void> {
  await Promise.all(mine.splice(0).map((one) => one.release()));
}

/** What a process leaves that was killed: its link, and a socket that nobody listens at. */
async function leaveDead(key: string, turn: number): Promise<void> {
  const socket = await openControlSocket(folder, (peer) => peer.end());
  const path = join(folder, socket.file);
  linkSync(path, `${path}.kept`);
  await socket.close(); // takes the file away, as a process that is killed does not
  renameSync(`${path}.kept`, path);
  symlinkSync(socket.file, join(folder, `${key}@${turn}`));
}

const linksIn = () =>
  readdirSync(folder)
    .filter((name) => name.includes("@"))
    .toSorted();

test("a name is one's until it is given up", async () => {
  expect(await take("garden")).toMatchObject({ kind: "mine" });
  const second = await take("garden");
  const holder = second.kind === "held" ? second.holder : null;
  expect(holder).toMatchObject({ key: "garden", pid: process.pid, folder });
  expect(Math.abs(Date.now() - (holder?.sinceMs ?? 0))).toBeLessThan(10_000);
  await release();
  expect(await holderOf(folder, "garden")).toBeNull();
  expect(await take("garden")).toMatchObject({ kind: "mine" });
});

test("names do not get in each other's way, whatever they look like", async () => {
  for (const key of ["garden", "garden.1", "garden.log", "garden+ensure", "GARDEN2", "-1"]) {
    expect(await take(key)).toMatchObject({ kind: "mine" });
  }
  expect((await holdersIn(folder)).map(({ key }) => key).toSorted()).toEqual(
    ["-1", "GARDEN2", "garden", "garden+ensure", "garden.1", "garden.log"].toSorted(),
  );
});

test("of fifty who want it at once, one gets it, and the others hear who", async () => {
  for (let round = 0; round < 5; round += 1) {
    const all = await Promise.all(Array.from({ length: 50 }, () => take("garden")));
    expect(all.filter(({ kind }) => kind === "mine")).toHaveLength(1);
    await release();
  }
});

test("of fifty who find a dead one's name, one gets it", async () => {
  for (const turn of [3, 90, 500]) {
    await leaveDead("garden", turn);
    const all = await Promise.all(Array.from({ length: 50 }, () => take("garden")));
    expect(all.filter(({ kind }) => kind === "mine")).toHaveLength(1);
    await release();
  }
});

test("many who take it and give it up in turn are never two at a time", async () => {
  let holders = 0;
  let most = 0;
  const one = async () => {
    for (let taken = 0; taken < 5; ) {
      const turn = await lockName(folder, "garden", (socket) => socket.end());
      if (turn.kind === "held") continue;
      taken += 1;
      holders += 1;
      most = Math.max(most, holders);
      await new Promise((resolve) => setImmediate(resolve));
      holders -= 1;
      await turn.release();
    }
  };
  await Promise.all(Array.from({ length: 6 }, one));
  expect(most).toBe(1);
});

test("a socket that outlives its process for a moment, in one that it was about to start, holds no name", async () => {
  const socket = await openControlSocket(folder, (peer) => peer.end());
  const file = "999999999-12345678.sock"; // no system gives this pid
  renameSync(join(folder, socket.file), join(folder, file));
  symlinkSync(file, join(folder, "garden@1"));
  const closing = setTimeout(() => void socket.close(), 100);
  expect(await take("garden")).toMatchObject({ kind: "mine" });
  clearTimeout(closing);
});

test("a socket whose pid is not to be seen here, and which stays, holds its name", async () => {
  const socket = await openControlSocket(folder, (peer) => peer.end());
  const file = "999999999-12345678.sock";
  renameSync(join(folder, socket.file), join(folder, file));
  symlinkSync(file, join(folder, "garden@1"));
  let looks = 0;
  const now = vi.spyOn(performance, "now").mockImplementation(() => 500 * looks++);
  expect(await take("garden")).toMatchObject({ kind: "held", holder: { pid: 999_999_999 } });
  now.mockRestore();
  expect(looks).toBe(4); // at 0, and then until more than a second is over
  await socket.close();
});

test("what others left there hinders nobody", async () => {
  symlinkSync("/etc/passwd", join(folder, "garden@7"));
  writeFileSync(join(folder, "garden@8"), "");
  symlinkSync("gone-12345678.sock", join(folder, "garden@9"));
  symlinkSync(`1-${"0".repeat(8)}.sock`, join(folder, "garden@10")); // pid 1 runs, and has no such socket
  for (const name of ["x@garden@20", "garden@21.old", "garden@1234567890123"])
    writeFileSync(join(folder, name), "");
  expect(await holdersIn(folder)).toEqual([]);
  expect(await take("garden")).toMatchObject({ kind: "mine" });
  expect(linksIn()).toEqual(["garden@11", "garden@1234567890123", "garden@21.old", "x@garden@20"]);
});

test("a name that is given up leaves nothing", async () => {
  await take("garden");
  await release();
  expect(readdirSync(folder)).toEqual([]);
});

test("links of dead ones are cleared away when they are a minute old, whatever their names", async () => {
  await take("door");
  await leaveDead("old", 3);
  await leaveDead("young", 4);
  for (const link of ["old@3", "door@1"]) lutimesSync(join(folder, link), 1, 1);
  await take("garden");
  expect(linksIn()).toEqual(["door@1", "garden@1", "young@4"]);
});

test("a name is held by whoever lives, whatever number a dead one has left", async () => {
  await take("garden");
  await leaveDead("garden", 5);
  expect(await take("garden")).toMatchObject({ kind: "held" });
  await release();
  expect(await take("garden")).toMatchObject({ kind: "mine" });
  expect(linksIn()).toEqual(["garden@6"]);
});

test("sockets of the dead are cleared away when they are a minute old, and those of the living are not", async () => {
  writeFileSync(join(folder, "3-00000000.sock"), ""); // no socket: not ours to remove
  await take("door");
  for (const name of readdirSync(folder).filter((file) => file.endsWith(".sock"))) {
    utimesSync(join(folder, name), 1, 1);
  }
  await take("garden");
  expect(readdirSync(folder).filter((name) => name.endsWith(".sock"))).toHaveLength(3);
  expect((await holdersIn(folder)).map(({ key }) => key)).toEqual(["door", "garden"]);
});

test("a socket that nobody listens at is left while it is young: it may be about to", async () => {
  await leaveDead("old", 3);
  await leaveDead("young", 4);
  const [old, young] = ["old@3", "young@4"].map((link) => readlinkSync(join(folder, link)));
  utimesSync(join(folder, old ?? ""), 1, 1);
  await take("garden");
  const left = readdirSync(folder);
  expect(left).not.toContain(old);
  expect(left).toContain(young);
});

test("a folder that is not there holds no name", async () => {
  expect(await holdersIn(join(folder, "nowhere"))).toEqual([]);
});

test("a folder whose name is too long for a socket is told apart from a taken name", async () => {
  const long = join(folder, "x".repeat(100));
  await expect(lockName(long, "garden", () => undefined)).rejects.toMatchObject({ name: "UnwritableError" });
});

test.each([
  ["its link", (name: string) => name.includes("@")],
  ["its socket", (name: string) => name.endsWith(".sock")],
])("a name whose holder has lost %s is kept no more", async (_, isGone) => {
  const lock = await take("garden");
  if (lock.kind !== "mine") throw new Error("it is another's");
  expect(await lock.isKept()).toBe(true);
  for (const name of readdirSync(folder).filter(isGone)) rmSync(join(folder, name));
  expect(await lock.isKept()).toBe(false);
});

test("a folder that goes just before the link is made cannot be written, and the name is not taken", async () => {
  beforeNextLink(() => rmSync(folder, { recursive: true }));
  await expect(take("garden")).rejects.toMatchObject({ name: "UnwritableError", code: "ENOENT" });
});

test("a minute is the age at which what the dead have left is cleared away", async () => {
  for (const [index, ageS] of [40, 61].entries()) {
    await leaveDead(`aged${ageS}`, index);
    const link = join(folder, `aged${ageS}@${index}`);
    const bornS = Date.now() / 1000 - ageS;
    utimesSync(join(folder, readlinkSync(link)), bornS, bornS);
    lutimesSync(link, bornS, bornS);
  }
  const young = readlinkSync(join(folder, "aged40@0"));
  await take("garden");
  expect(linksIn()).toEqual(["aged40@0", "garden@1"]);
  expect(readdirSync(folder)).toContain(young);
  expect(readdirSync(folder)).toHaveLength(4);
});

test("what cannot be cleared away keeps nobody from taking a name", async () => {
  await leaveDead("old", 3);
  lutimesSync(join(folder, "old@3"), 1, 1);
  utimesSync(join(folder, readlinkSync(join(folder, "old@3"))), 1, 1);
  replaceRemoval(() => Promise.reject(new Error("it is not ours")));
  expect(await take("garden")).toMatchObject({ kind: "mine" });
  expect(linksIn()).toEqual(["garden@1", "old@3"]);
});
