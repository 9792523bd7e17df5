import { expect, test } from "vitest";
import { checkClock, checkNode } from "../../src/doctor/node.ts";
import { localTime } from "../../src/system/local-time.ts";
import { contextWith } from "./fake-machine.ts";
import { told } from "./told.ts";

test.each([
  ["v20.19.0", "ok"],
  ["v24.1.0", "ok"],
  ["v20.18.3", "failure"],
  ["v18.20.0", "failure"],
  ["v18.99.0", "failure"],
  ["v21.0.0", "ok"],
  ["v20.20.0", "ok"],
  ["v20", "failure"],
  ["", "failure"],
])("node %s is %s", async (nodeVersion, verdict) => {
  expect(await checkNode(contextWith({}, { nodeVersion }))).toMatchObject([{ verdict }]);
});

test("a clock that was never set is a warning", async () => {
  expect(told(await checkClock(contextWith({})))).toEqual([
    `ok | clock | ${localTime(Date.UTC(2026, 10, 21, 10))}`,
  ]);
  expect(told(await checkClock(contextWith({}, { now: new Date(5000) })))).toEqual([
    "warning | clock | it is set to 1970; times in logs and metadata will be wrong | sudo timedatectl set-ntp true",
  ]);
});

test("what mends an old node and a clock that was never set is told", async () => {
  expect(told(await checkNode(contextWith({}, { nodeVersion: "v18.20.0" })))).toEqual([
    "failure | node | v18.20.0 is too old | install Node 20.19 or newer",
  ]);
  const now = new Date("2025-12-31T23:59:59Z");
  expect(told(await checkClock(contextWith({ platform: "darwin" }, { now })))).toEqual([
    "warning | clock | it is set to 2025; times in logs and metadata will be wrong | set the system's clock",
  ]);
  expect(told(await checkClock(contextWith({}, { now: new Date("2026-01-01T00:00:00Z") })))).toEqual([
    `ok | clock | ${localTime(Date.UTC(2026, 0, 1))}`,
  ]);
});
