import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { insideOf } from "../../src/auth/address.ts";
import { forwardingHeader, parseForwarded, readForwarded } from "../../src/auth/forwarded.ts";

const PEER = "10.0.0.1";
const isTrusted = insideOf(["10.0.0.0/8", "2001:db8::/32"]);
const read = (headers: Record<string, string>) => readForwarded(headers, PEER, isTrusted);

describe("the viewer's address is the rightmost that is no trusted proxy's", () => {
  test.each([
    ["198.51.100.7", "198.51.100.7"],
    ["198.51.100.7, 10.0.0.2", "198.51.100.7"],
    ["203.0.113.9, 198.51.100.7, 10.0.0.2", "198.51.100.7"],
    ["203.0.113.9,198.51.100.7,10.0.0.2,10.0.0.3", "198.51.100.7"],
    ["<script>, 198.51.100.7", "198.51.100.7"],
    ["10.0.0.9, 10.0.0.2", "10.0.0.9"],
    ["198.51.100.7:4711", "198.51.100.7"],
    ["[2001:db9::7]:4711, 2001:db8::1", "2001:db9::7"],
    ["2001:db9::7", "2001:db9::7"],
    ["::ffff:198.51.100.7", "198.51.100.7"],
    ["unknown", PEER],
    ["198.51.100.7, unknown, 10.0.0.2", "10.0.0.2"],
    ["", PEER],
  ])("X-Forwarded-For: %s means %s", (header, address) => {
    expect(read({ "x-forwarded-for": header })?.address).toBe(address);
  });

  test.each([
    ["for=198.51.100.7", "198.51.100.7"],
    ['For="[2001:db9::7]:4711";proto=https, for=10.0.0.2', "2001:db9::7"],
    ["for=203.0.113.9, for=198.51.100.7;by=10.0.0.2", "198.51.100.7"],
    ["for=_hidden", PEER],
    ['for="_gazonk:_port"', PEER],
    ["proto=https", PEER],
    ['for="198.51.100.7\\:80"', "198.51.100.7"],
  ])("Forwarded: %s means %s", (header, address) => {
    expect(read({ forwarded: header })?.address).toBe(address);
  });
});

test("scheme and host are what the nearest proxy says", () => {
  const x = { "x-forwarded-proto": "http, https", "x-forwarded-host": "evil.example, Cam.Example:444" };
  const host = { name: "cam.example", port: 444 };
  expect(read(x)).toEqual({ address: PEER, isTls: true, host });
  expect(read({ forwarded: 'host=evil.example, host="cam.example:444";proto=HTTP' })).toEqual({
    ...{ address: PEER, isTls: false, host },
  });
  expect(read({ "x-forwarded-proto": "wss" })).toEqual({ address: PEER, isTls: true, host: null });
});

describe("what cannot be understood is refused", () => {
  test.each<Record<string, string>>([
    { "x-forwarded-for": "<script>" },
    { "x-forwarded-for": "127.1" },
    { "x-forwarded-for": "198.51.100.7, 300.1.1.1" },
    { "x-forwarded-for": "[198.51.100.7" },
    { "x-forwarded-proto": "gopher" },
    { "x-forwarded-proto": "constructor" },
    { "x-forwarded-host": "a b" },
    { "x-forwarded-host": "cam.example/../x" },
    { forwarded: "for" },
    { forwarded: "for=" },
    { forwarded: "for=198.51.100.7;" },
    { forwarded: "for=198.51.100.7,,for=198.51.100.8" },
    { forwarded: 'for="198.51.100.7' },
    { forwarded: "for=198.51.100.7;for=198.51.100.8" },
    { forwarded: "for =198.51.100.7" },
    { forwarded: "proto=gopher" },
  ])("%o", (headers) => expect(read(headers)).toBeNull());

  test("and so is a viewer's own Forwarded, which its proxy passes on beside X-Forwarded-For", () => {
    const x = { "x-forwarded-for": "198.51.100.7", "x-forwarded-proto": "https" };
    expect(read({ ...x, forwarded: "for=127.0.0.1" })).toBeNull();
    expect(read({ ...x, forwarded: "for=198.51.100.7;proto=http" })).toBeNull();
    expect(read({ ...x, forwarded: "for=198.51.100.7;proto=https" })?.address).toBe("198.51.100.7");
  });
});

test("a header that only proxies write is found, and no other", () => {
  for (const name of ["forwarded", "x-forwarded-for", "x-forwarded-port", "x-real-ip"])
    expect(forwardingHeader({ host: "a", [name]: "" })).toBe(name);
  expect(forwardingHeader({ host: "a", "x-forwarded": "1", via: "1.1 squid" })).toBeNull();
});

const quoted = (text: string) => `"${text.replace(/["\\]/g, "\\$&")}"`;

describe("any text is read without harm", () => {
  const piece = fc.oneof(
    fc.constantFrom("for=", "proto=", "host=", '"', "\\", ",", ";", "[", "]", "unknown", "_x", " "),
    fc.ipV4(),
    fc.ipV6(),
    fc.string(),
  );
  const header = fc.array(piece).map((pieces) => pieces.join(""));

  test("as X-Forwarded-For, -Proto, -Host and Forwarded", () => {
    fc.assert(
      fc.property(header, header, header, header, (forwarded, xFor, proto, host) => {
        const all = { forwarded, "x-forwarded-for": xFor, "x-forwarded-proto": proto };
        const told = read({ ...all, "x-forwarded-host": host });
        expect(told === null || typeof told.address === "string").toBe(true);
      }),
    );
  });

  test("and what is well formed comes back as it was", () => {
    const token = fc.stringMatching(/^[a-z0-9_.-]{1,10}$/);
    const element = fc.dictionary(token, fc.string(), { minKeys: 1, maxKeys: 4, noNullPrototype: true });
    fc.assert(
      fc.property(fc.array(element, { minLength: 1, maxLength: 5 }), (elements) => {
        const pairs = elements.map((one) =>
          Object.entries(one).map(([key, value]) => `${key}=${quoted(value)}`),
        );
        const parsed = parseForwarded(pairs.map((one) => one.join(" ; ")).join(" ,\t"));
        expect(parsed.map((one) => Object.fromEntries(one))).toEqual(elements);
      }),
    );
  });
});
