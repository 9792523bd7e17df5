import { expect, test } from "vitest";
import { catalogue, type FaultId } from "../../src/check/catalogue.ts";
import { faults } from "./faults.ts";
import { judge } from "./sample.ts";

test.each(faults)("check finds $title", ({ finds, sample }) => {
  const found = judge(sample());
  expect(found.map(({ id }) => id).toSorted()).toEqual(finds.toSorted());
});

test("a hundred faults and more are made, no two of one title", () => {
  expect(faults.length).toBeGreaterThan(100);
  expect(new Set(faults.map(({ title }) => title)).size).toBe(faults.length);
});

/** Found on the way to a server: client.test.ts makes them. */
const madeElsewhere: readonly FaultId[] = [
  "http-redirected",
  "http-redirect-broken",
  "http-redirect-loop",
  "http-redirect-downgrade",
  "tls-untrusted",
];

test("each fault of the catalogue is made by some stream", () => {
  const made = new Set([...faults.flatMap(({ finds }) => finds), ...madeElsewhere]);
  expect(Object.keys(catalogue).filter((id) => !made.has(id as FaultId))).toEqual([]);
});
