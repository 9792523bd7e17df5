import { describe, expect, test } from "vitest";
import { makeToken, presentedTokens, tokenCheck, tokenFault } from "../../src/auth/token.ts";
import { request, TOKEN } from "./requests.ts";

test("a token that is made is accepted, has 192 bits and is never made again", () => {
  const made = Array.from({ length: 100 }, makeToken);
  expect(new Set(made).size).toBe(100);
  expect(made.map(tokenFault)).toEqual(made.map(() => null));
  expect(made.every((token) => Buffer.from(token, "base64url").length === 24)).toBe(true);
});

test.each([
  ["a".repeat(15), "is too short: give 16 characters or more"],
  ["a".repeat(257), "is too long: give at most 256 characters"],
  ["a b".repeat(10), "has characters that a URL does not take as they are: give A-Z a-z 0-9 - . _ ~"],
  ["a+b/c=".repeat(5), "has characters that a URL does not take as they are: give A-Z a-z 0-9 - . _ ~"],
  ["é".repeat(20), "has characters that a URL does not take as they are: give A-Z a-z 0-9 - . _ ~"],
  [`${TOKEN}\n`, "has characters that a URL does not take as they are: give A-Z a-z 0-9 - . _ ~"],
  ["a".repeat(16), null],
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
