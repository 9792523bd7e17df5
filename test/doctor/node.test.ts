import { expect, test } from "vitest";
import { checkClock, checkNode } from "../../src/doctor/node.ts";
import { contextWith } from "./fake-machine.ts";
import { told } from "./told.ts";

test.each([
  ["v20.19.0", "ok"],
  ["v24.1.0", "ok"],
  ["v20.18.3", "failure"],
  ["v18.20.0", "failure"],
])("node %s is %s", async (nodeVersion, verdict) => {
  expect(await checkNode(contextWith({}, { nodeVersion }))).toMatchObject([{ verdict }]);
});

test("a clock that was never set is a warning", async () => {
  expect(told(await checkClock(contextWith({})))).toEqual(["ok | clock | 2026-11-21T10:00:00Z"]);
  expect(told(await checkClock(contextWith({}, { now: new Date(5000) })))).toEqual([
    "warning | clock | it says 1970: times in logs and metadata will be wrong | sudo timedatectl set-ntp true",
  ]);
});
