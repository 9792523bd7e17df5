import { chmodSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { thisMachine } from "../../src/system/machine.ts";

const machine = thisMachine({ PATH: process.env["PATH"], LANG: "de_DE.UTF-8", LANGUAGE: "de" });
const folder = mkdtempSync(join(tmpdir(), "flvcast-machine-"));
writeFileSync(join(folder, "node"), "text");
symlinkSync("node", join(folder, "link"));
afterAll(() => rmSync(folder, { recursive: true }));

const node = (script: string, timeoutMs = 10_000) =>
  machine.run(process.execPath, ["-e", script], { timeoutMs });

test("programs speak no language but the plain one", async () => {
  const told = await node("console.log(process.env.LC_ALL, JSON.stringify(process.env.LANGUAGE))");
  expect(told).toEqual({ code: 0, stdout: 'C.UTF-8 ""\n', stderr: "" });
});

test("a program that fails has still said something", async () => {
  expect(await node('console.error("why"); process.exitCode = 3')).toEqual({
    code: 3,
    stdout: "",
    stderr: "why\n",
  });
});

test("a program that is not installed, or takes too long, says nothing", async () => {
  expect(await machine.run("flvcast-no-such-program", [], { timeoutMs: 1000 })).toBeNull();
  expect(await node("setInterval(() => {}, 1000)", 300)).toBeNull();
});

test.skipIf(process.platform === "win32")(
  "a program that takes too long is not waited for, nor what it left behind",
  async () => {
    const left = join(folder, "left");
    const script = `sleep 60 & echo $! > ${left}; exec sleep 60`;
    expect(await machine.run("sh", ["-c", script], { timeoutMs: 500 })).toBeNull();
    const pid = Number(await machine.readText(left));
    expect(process.kill(pid, "SIGKILL")).toBe(true); // it lived, and had the pipes
    rmSync(left);
  },
);

test("what is there is found, through links and without", async () => {
  expect(await machine.list(folder)).toEqual(["link", "node"]);
  expect(await machine.readText(join(folder, "link"))).toBe("text");
  expect(await machine.readlink(join(folder, "link"))).toBe("node");
  expect(await machine.realpath(join(folder, "link"))).toBe(await machine.realpath(join(folder, "node")));
  expect(await machine.mayOpen(join(folder, "node"))).toBe(true);
  expect(await machine.groupOf(join(folder, "node"))).toMatchObject({ gid: process.getgid?.() });
});

test.each([
  [0o660, true],
  [0o620, true],
  [0o640, false],
  [0o602, false],
  [0o601, false],
  [0o711, false],
])("a node of mode %o: its group may write it: %s", async (mode, groupMayWrite) => {
  const path = join(folder, "owned");
  writeFileSync(path, "");
  chmodSync(path, mode);
  expect(await machine.groupOf(path)).toMatchObject({ groupMayWrite });
  rmSync(path);
});

test("what is not there is nothing, and no error", async () => {
  const nothing = join(folder, "nothing");
  expect(await machine.list(nothing)).toEqual([]);
  expect(await machine.readText(nothing)).toBeNull();
  expect(await machine.readlink(nothing)).toBeNull();
  expect(await machine.readlink(join(folder, "node"))).toBeNull();
  expect(await machine.realpath(nothing)).toBeNull();
  expect(await machine.mayOpen(nothing)).toBe(false);
  expect(await machine.groupOf(nothing)).toBeNull();
});
