import { describe, expect, test } from "vitest";
import { makeToken, presentedTokens, tokenCheck, tokenFault } from "../../src/auth/token.ts";
import { words } from "../../src/auth/words.ts";
import { request, TOKEN } from "./requests.ts";

test("a token that is made is five words, accepted, and never made again", () => {
  const made = Array.from({ length: 1000 }, makeToken);
  expect(new Set(made).size).toBe(1000);
  expect(made.map(tokenFault)).toEqual(made.map(() => null));
  const ofFive = new RegExp(`^(?:${words.join("|")})(?:-(?:${words.join("|")})){4}$`);
  expect(made.filter((token) => !ofFive.test(token))).toEqual([]);
  expect(new Set(made.flatMap((token) => token.split("-"))).size).toBeGreaterThan(1200);
});

test.each([
  ["a".repeat(7), "is too short: use at least 8 characters"],
  ["a".repeat(257), "is too long: use at most 256 characters"],
  ["a b".repeat(10), "has characters that a URL would escape: use A-Z a-z 0-9 - . _ ~"],
  ["a+b/c=".repeat(5), "has characters that a URL would escape: use A-Z a-z 0-9 - . _ ~"],
  ["é".repeat(20), "has characters that a URL would escape: use A-Z a-z 0-9 - . _ ~"],
  [`${TOKEN}\n`, "has characters that a URL would escape: use A-Z a-z 0-9 - . _ ~"],
  ["a".repeat(8), null],
  ["a".repeat(256), null],
])("a token of %j: %s", (text, fault) => expect(tokenFault(text)).toBe(fault));

test("only the token is the token, whatever its length", () => {
  const isToken = tokenCheck(TOKEN);
  expect(isToken(TOKEN)).toBe(true);
  for (const other of ["", TOKEN.slice(1), `${TOKEN}x`, TOKEN.toUpperCase(), "é"])
    expect(isToken(other)).toBe(false);
});

const basic = (pair: string) => `Basic ${Buffer.from(pair).toString("base64")}`;

describe("a token is presented", () => {
  test.each([
    ["token=abc", undefined, ["abc"]],
    ["x=1&token=abc&token=def", undefined, ["abc"]],
    ["token=a%62c", undefined, ["abc"]],
    ["", "Bearer abc", ["abc"]],
    ["", "bearer  abc ", ["abc"]],
    ["", basic("viewer:abc"), ["abc"]],
    ["", basic(":a:b"), ["a:b"]],
    ["token=abc", "Bearer def", ["def", "abc"]],
  ])("by the query %j and Authorization %j: %j", (query, authorization, tokens) => {
    const headers = authorization === undefined ? {} : { authorization };
    expect(presentedTokens(request(headers, { query }), "watch")).toEqual(tokens);
  });

  test.each([
    ["token=", undefined],
    ["Token=abc", undefined],
    ["%E0%A4%A", undefined],
    ["", "Bearer"],
    ["", "Bearer a b"],
    ["", "Digest username=abc"],
    ["", "Basic !!!"],
    ["", basic("no colon")],
    ["", basic("viewer:")],
    ["", ""],
  ])("not by the query %j and Authorization %j", (query, authorization) => {
    const headers = authorization === undefined ? {} : { authorization };
    expect(presentedTokens(request(headers, { query }), "watch")).toEqual([]);
  });

  test("in a header alone, where something is to change", () => {
    const asked = request({ authorization: "Bearer def" }, { query: "token=abc" });
    expect(presentedTokens(asked, "change")).toEqual(["def"]);
  });
});
