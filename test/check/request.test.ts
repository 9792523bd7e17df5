import { describe, expect, test } from "vitest";
import { Faults } from "../../src/check/faults.ts";
import { parseHead } from "../../src/check/http-head.ts";
import { redirectTarget, requestFor } from "../../src/check/request.ts";

const authorization = (url: string) => /Authorization: Basic (.*)\r\n/.exec(requestFor(new URL(url)))?.[1];

test.each([
  ["http://user:p%40ss@a/", "user:p@ss"],
  ["http://user@a/", "user:"],
  ["http://:secret@a/", ":secret"],
  ["http://100%:50%25@a/", "100%:50%"],
  ["http://a/", null],
])("%s is asked for with its user and password", (url, credentials) => {
  const expected = credentials === null ? undefined : Buffer.from(credentials).toString("base64");
  expect(authorization(url)).toBe(expected);
});

function redirected(from: string, location: string | null) {
  const faults = new Faults();
  const head = parseHead(`HTTP/1.1 302 Found${location === null ? "" : `\r\nLocation: ${location}`}`, faults);
  if (head === null) throw new Error("there is no head");
  const target = redirectTarget(new URL(from), head, faults);
  return { href: target?.href ?? null, ids: faults.all().map(({ id }) => id) };
}

describe("a redirect", () => {
  test.each([
    ["http://a/x", "/y", "http://a/y", []],
    ["http://u:p@a/x", "/y", "http://u:p@a/y", []],
    ["http://u:p@a/x", "http://v@a/y", "http://v@a/y", []],
    ["http://u:p@a/x", "http://b/y", "http://b/y", []],
    ["http://u:p@a/x", "https://a/y", "https://a/y", []],
    ["https://a/x", "https://b/y", "https://b/y", []],
    ["https://a/x", "http://a/y", "http://a/y", ["http-redirect-downgrade"]],
  ])("of %s to %s leads to %s", (from, location, href, ids) => {
    expect(redirected(from, location)).toEqual({
      href,
      ids: expect.arrayContaining(["http-redirected", ...ids]),
    });
    expect(redirected(from, location).ids).toHaveLength(ids.length + 1);
  });

  test.each([null, "", "rtmp://a/y", "xhttp://a/y", "http://["])("to %j leads nowhere", (location) => {
    expect(redirected("http://a/x", location)).toEqual({ href: null, ids: ["http-redirect-broken"] });
  });
});
