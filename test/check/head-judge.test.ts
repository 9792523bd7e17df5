import { expect, test } from "vitest";
import { Faults } from "../../src/check/faults.ts";
import { judgeHead, judgeStatus } from "../../src/check/head-judge.ts";

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

test.each<[Readonly<Record<string, string>>, boolean]>([
  [{}, true],
  [{ "access-control-allow-origin": "*" }, false],
  [{ vary: "Accept-Encoding, origin" }, false],
  [{ vary: "X-Origin" }, true],
])("a server that answers with %j leaves pages of other sites out: %s", (headers, isNoted) => {
  const faults = new Faults();
  const given = { "content-type": "video/x-flv", "cache-control": "no-store", ...headers };
  const head = {
    version: "1.1",
    status: 200,
    reason: "OK",
    headers: new Map(Object.entries(given).map(([name, value]) => [name, [value]])),
  };
  judgeHead(head, { isLive: true, framing: "chunked" }, faults);
  expect(faults.has("http-cors-missing")).toBe(isNoted);
});
