import { expect, test } from "vitest";
import { Faults } from "../../src/check/faults.ts";
import { judgeStatus } from "../../src/check/head-judge.ts";

test.each([
  [200, "OK", true, []],
  [404, "Not Found", false, ["404 Not Found"]],
  [404, "", false, ["404"]],
  [404, "x".repeat(200), false, [`404 ${"x".repeat(75)}…`]],
])("the body of an answer of %d %s is worth reading: %j", (status, reason, isWorth, details) => {
  const faults = new Faults();
  expect(judgeStatus({ version: "1.1", status, reason, headers: new Map() }, faults)).toBe(isWorth);
  expect(faults.all().map(({ detail }) => detail)).toEqual(details);
});
