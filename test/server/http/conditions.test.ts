import { describe, expect, it } from "vitest";
import {
  type ConditionFields,
  checkConditions,
  holdsIfRange,
  lastModified,
} from "../../../src/server/http/conditions.ts";

const etag = '"a-1"';
const modifiedMs = Date.UTC(2026, 10, 29, 14, 5, 0, 700);
const [before, at, after] = [-1000, 0, 1000].map((ms) => new Date(modifiedMs + ms).toUTCString());
const validators = { etag, modifiedMs };

/** The clauses are RFC 9110's. */
const table: readonly (readonly [clause: string, fields: ConditionFields, outcome: string])[] = [
  ["13.2.2: nothing is asked", {}, "proceed"],
  ["13.1.1: the tag is there", { "if-match": etag }, "proceed"],
  ["13.1.1: among others", { "if-match": '"x", "a-1"' }, "proceed"],
  ["5.6.1.2: among empty members", { "if-match": ', ,"x",,\t"a-1" ,' }, "proceed"],
  ["13.1.1: any", { "if-match": "*" }, "proceed"],
  ["13.1.1: another", { "if-match": '"x"' }, "failed"],
  ["13.1.1: compared strongly", { "if-match": `W/${etag}` }, "failed"],
  ["8.8.3: a tag with a comma is one tag", { "if-match": '"x,"a-1""' }, "failed"],
  ["8.8.3: no tag without its quotes", { "if-match": "a-1" }, "failed"],
  ["13.1.1: nothing", { "if-match": "" }, "failed"],
  ["13.1.1: `*` is no member", { "if-match": '"x", *' }, "failed"],
  ["13.1.2: the tag is there", { "if-none-match": etag }, "not-modified"],
  ["13.1.2: compared weakly", { "if-none-match": `W/${etag}` }, "not-modified"],
  ["8.8.3: W is a capital", { "if-none-match": `w/${etag}` }, "proceed"],
  ["13.1.2: among others", { "if-none-match": '"x", W/"y,z" ,"a-1"' }, "not-modified"],
  ["13.1.2: any", { "if-none-match": "*" }, "not-modified"],
  ["13.1.2: another", { "if-none-match": '"x"' }, "proceed"],
  ["13.1.2: a part of it", { "if-none-match": '"a-"' }, "proceed"],
  ["8.8.3: none behind what is none", { "if-none-match": 'x, "a-1"' }, "proceed"],
  ["8.8.3: two need a comma between them", { "if-none-match": '"x""a-1"' }, "proceed"],
  ["8.8.3: no space in a tag", { "if-none-match": '"a-1 "' }, "proceed"],
  ["13.1.3: not since", { "if-modified-since": at }, "not-modified"],
  ["13.1.3: not since later", { "if-modified-since": after }, "not-modified"],
  ["13.1.3: since", { "if-modified-since": before }, "proceed"],
  ["13.1.3: no date", { "if-modified-since": "yesterday" }, "proceed"],
  ["13.1.3: two dates", { "if-modified-since": `${at}, ${at}` }, "proceed"],
  ["13.1.3: not beside If-None-Match", { "if-modified-since": at, "if-none-match": '"x"' }, "proceed"],
  ["13.1.4: not since", { "if-unmodified-since": at }, "proceed"],
  ["13.1.4: not since later", { "if-unmodified-since": after }, "proceed"],
  ["13.1.4: since", { "if-unmodified-since": before }, "failed"],
  ["13.1.4: no date", { "if-unmodified-since": "2026-11-29" }, "proceed"],
  ["13.1.4: not beside If-Match", { "if-unmodified-since": before, "if-match": etag }, "proceed"],
  ["13.2.2: If-Match is before If-None-Match", { "if-match": '"x"', "if-none-match": etag }, "failed"],
  ["13.2.2: and both count", { "if-match": etag, "if-none-match": etag }, "not-modified"],
  [
    "13.2.2: If-Unmodified-Since is first, too",
    { "if-unmodified-since": before, "if-none-match": etag },
    "failed",
  ],
  [
    "13.2.2: If-Unmodified-Since, then the other",
    { "if-unmodified-since": at, "if-modified-since": at },
    "not-modified",
  ],
  ["13.1.5: If-Range is none of them", { "if-range": '"x"' }, "proceed"],
];

it.each(table)("%s", (_clause, fields, outcome) => {
  expect(checkConditions(fields, validators)).toBe(outcome);
});

it("where nothing is known of when it changed, dates are ignored (13.1.3, 13.1.4)", () => {
  const undated = { etag, modifiedMs: null };
  expect(checkConditions({ "if-modified-since": after }, undated)).toBe("proceed");
  expect(checkConditions({ "if-unmodified-since": before }, undated)).toBe("proceed");
});

describe("If-Range (13.1.5)", () => {
  it.each([
    ["not there", undefined, true],
    ["the strong tag", etag, true],
    ["the weak one", `W/${etag}`, false],
    ["another", '"x"', false],
    ["a list", `${etag}, "x"`, false],
    ["any", "*", false],
    ["exactly the date", at, true],
    ["the date in another form", "Sunday, 29-Nov-26 14:05:00 GMT", true],
    ["a later date", after, false],
    ["an earlier date", before, false],
    ["no date", "a-1", false],
    ["nothing", "", false],
  ])("%s", (_what, field, holds) => {
    expect(holdsIfRange(field, validators)).toBe(holds);
  });

  it("with a date means nothing where there is no strong one", () => {
    expect(holdsIfRange(at, { etag, modifiedMs: null })).toBe(false);
  });
});

it("Last-Modified is not later than now (8.8.2.1)", () => {
  expect(lastModified(modifiedMs, modifiedMs + 60_000)).toBe("Sun, 29 Nov 2026 14:05:00 GMT");
  expect(lastModified(modifiedMs, modifiedMs - 60_000)).toBe("Sun, 29 Nov 2026 14:04:00 GMT");
});
