import { expect, test } from "vitest";
import { accessOf } from "../../src/system/access.ts";
import { accounts, type FakeNode, fakeMachine } from "./fake-machine.ts";

const NODE = "/dev/video0";

function access(node: FakeNode | null, files = accounts(), env = {}) {
  return accessOf(fakeMachine({ files, env, nodes: node === null ? {} : { [NODE]: node } }), NODE);
}

test("what may be opened needs nothing", async () => {
  expect(await access({ gid: 44, mayOpen: true })).toEqual({ isAllowed: true });
});

test("who is not in the node's group is told how to join it", async () => {
  expect(await access({ gid: 44, mayOpen: false })).toEqual({
    isAllowed: false,
    reason: "no permission on /dev/video0: it is for group video",
    fix: "sudo usermod -aG video kim, then log in again",
  });
});

test("who joined the group after logging in is told to log in again", async () => {
  expect(await access({ gid: 29, mayOpen: false })).toEqual({
    isAllowed: false,
    reason:
      "no permission on /dev/video0: it is for group audio, which kim has joined since this session began",
    fix: "log in again",
  });
});

test("who is in the group and still kept out is not told to join it", async () => {
  const found = await access({ gid: 44, mayOpen: false }, accounts([27, 44]));
  expect(found).toMatchObject({ reason: expect.stringContaining("although kim is in group video") });
  expect(JSON.stringify(found)).not.toContain("usermod");
});

test.each([
  ["root's own group", { gid: 0, mayOpen: false }],
  ["a group that may not write", { gid: 44, groupMayWrite: false, mayOpen: false }],
])("%s is no group to join", async (_title, node) => {
  expect(await access(node)).toEqual({
    isAllowed: false,
    reason: "no permission on /dev/video0: only its owner may open it",
    fix: "sudo chown kim /dev/video0 (until it is plugged in again), or run as root",
  });
});

test("a group is looked for by its number alone, and one without members has none", async () => {
  const files = { ...accounts(), "/etc/group": ":x:44:kim\n44:x:7:kim\nvideo:x:44\ncamera:x:44:kim\n" };
  expect(await access({ gid: 44, mayOpen: false }, files)).toMatchObject({
    ...{
      reason: "no permission on /dev/video0: it is for group video",
      fix: expect.stringContaining("usermod -aG video kim"),
    },
  });
});

test("a node that is not there is no question of groups", async () => {
  expect(await access(null)).toMatchObject({ isAllowed: false, reason: "/dev/video0 is not connected" });
});

test("a group or user that only a directory service knows has its number or the shell's name", async () => {
  const files = { "/proc/self/status": accounts()["/proc/self/status"] ?? "" };
  const found = (env: Record<string, string>) => access({ gid: 5044, mayOpen: false }, files, env);
  expect(await found({ USER: "lee" })).toMatchObject({
    fix: "sudo usermod -aG 5044 lee, then log in again",
  });
  expect(await found({})).toMatchObject({ fix: "sudo usermod -aG 5044 $USER, then log in again" });
});
