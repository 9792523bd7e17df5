import { describe, expect, test } from "vitest";
import { UnacceptableError } from "../../src/settings/parse.ts";
import {
  parseNetworks,
  parseOrigins,
  parsePublicHosts,
  parseToken,
} from "../../src/settings/parse-access.ts";
import { startOptions } from "../../src/settings/start-options.ts";

const parseAuth = startOptions.auth.parse;

describe("a value that is accepted", () => {
  test.each<[parse: (text: string) => unknown, text: string, value: unknown]>([
    [parseAuth, "auto", "auto"],
    [parseAuth, "none", "none"],
    [parseToken, "a-token_of.16~ch", "a-token_of.16~ch"],
    [parseOrigins, "*", "*"],
    [parseOrigins, "https://www.example.org", ["https://www.example.org"]],
    [parseOrigins, "HTTPS://a.example:443/, http://b:8080", ["https://a.example", "http://b:8080"]],
    [parseOrigins, "https://a.example,https://a.example/", ["https://a.example"]],
    [parsePublicHosts, "Cam.Example.org", ["cam.example.org"]],
    [parsePublicHosts, "cam.example.org:8443, cam.lan", ["cam.example.org", "cam.lan"]],
    [parseNetworks, "10.0.0.0/8,::1", ["10.0.0.0/8", "::1"]],
    [parseNetworks, "Loopback, private", ["loopback", "private"]],
    [parseNetworks, "::1,::1", ["::1"]],
    [parsePublicHosts, "cam.lan,cam.lan:80", ["cam.lan"]],
    [parseOrigins, "https://a.example, https://b.example", ["https://a.example", "https://b.example"]],
  ])("%o takes %s", (parse, text, value) => expect(parse(text)).toEqual(value));
});

describe("a value that is not accepted", () => {
  test.each<[parse: (text: string) => unknown, texts: readonly string[]]>([
    [parseAuth, ["", "off", "Auto"]],
    [parseToken, ["", "tooshrt", "has a space in it", "a&b=c#d?e/f%20.."]],
    [parseOrigins, ["example.org", "https://a/b", "null", "*,https://a", "https://a,,https://b", ","]],
    [parsePublicHosts, ["https://cam.example", "a b", "192.0.2.7", "[::1]", "*", "*.example.org", "a,"]],
    [parseNetworks, ["10.0.0.0/33", "lan", "example.org", "10.0.0.0/8,", "::ffff:10.0.0.0/104", "*"]],
  ])("%o refuses %j", (parse, texts) => {
    for (const text of texts) expect(() => parse(text)).toThrow(UnacceptableError);
  });
});

test.each<[parse: (text: string) => unknown, text: string, message: RegExp, example: string]>([
  [parseAuth, "tokn", /^is not valid: use auto, token or none$/, "token"],
  [parseToken, "hunter2", /^is too short/, '"$(openssl rand -hex 16)"'],
  [parseOrigins, "*,https://a", /^combines \* with other/, "*"],
  [parseOrigins, "a", /^is not an origin/, "https://www.example.org"],
  [parseOrigins, "https://a,,b", /^has an empty item/, "a,b"],
  [parsePublicHosts, "http://a", /^is a URL: use only its host name$/, "cam.example.org"],
  [parsePublicHosts, "192.0.2.7", /^is an address, and those always work/, "cam.example.org"],
  [parsePublicHosts, "a b", /^is not a host name$/, "cam.example.org"],
  [parseNetworks, "lan", /^is not a network/, "10.0.0.0/8"],
])("%o says of %s why, and what would be", (parse, text, message, example) => {
  expect(() => parse(text)).toThrow(
    expect.objectContaining({ message: expect.stringMatching(message), example }),
  );
});
