import { expect, test } from "vitest";
import { type Finding, failure, ok, type Verdict, verdictOf, warning } from "../../src/doctor/finding.ts";

test.each<[findings: readonly Finding[], verdict: Verdict]>([
  [[], "ok"],
  [[ok("a", "")], "ok"],
  [[ok("a", ""), warning("b", "")], "warning"],
  [[warning("a", ""), failure("b", ""), ok("c", "")], "failure"],
])("the worst of %j is %s", (findings, verdict) => {
  expect(verdictOf(findings)).toBe(verdict);
});

test("what mends it is told where something does", () => {
  expect([ok("a", "b"), warning("a", "b"), failure("a", "b", "c")].map(({ fix }) => fix)).toEqual([
    null,
    null,
    "c",
  ]);
});
