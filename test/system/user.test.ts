import { expect, test } from "vitest";
import { userOf } from "../../src/system/user.ts";
import { accounts, fakeMachine } from "./fake-machine.ts";

test("we are who the kernel says, in the groups of this session", async () => {
  expect(await userOf(fakeMachine({ files: accounts([44, 29]) }))).toEqual({
    name: "kim",
    groups: [1000, 44, 29],
  });
});

test("only the lines of that name count, and the first account of our number", async () => {
  const files = {
    "/proc/self/status":
      "Name:\tUid: 7\nFsUid:\t8\nUid:\t1001\t0\t0\t0\nFsGid:\t9\nGid:\t1002\nXGroups:\t3\nGroups:\t\n",
    "/etc/passwd":
      "root:x:0:0::/root:/bin/sh\nana:x:1001:1::/:/bin/sh\nalias:x:1001:1::/:/bin/sh\n1001:x:5:1001::/:/bin/sh\n",
  };
  expect(await userOf(fakeMachine({ files }))).toEqual({ name: "ana", groups: [1002] });
});

test.each<[env: Record<string, string>, name: string]>([
  [{ USER: "lee" }, "lee"],
  [{}, "$USER"],
])("where the kernel does not say, the shell may know: %j", async (env, name) => {
  expect(await userOf(fakeMachine({ env }))).toEqual({ name, groups: [] });
  const nameless = { "/proc/self/status": "Uid:\t5\n", "/etc/passwd": ":x:5:5::/:/bin/sh\n" };
  expect(await userOf(fakeMachine({ env, files: nameless }))).toEqual({ name, groups: [] });
});
