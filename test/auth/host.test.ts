import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isOurName, namesOfMachine, parseHost } from "../../src/auth/host.ts";

describe("a Host header", () => {
  test.each([
    ["192.0.2.7", "192.0.2.7", null],
    ["192.0.2.7:8080", "192.0.2.7", 8080],
    ["[::1]", "::1", null],
    ["[2001:DB8::1]:443", "2001:db8::1", 443],
    ["Cam.Example.ORG.:80", "cam.example.org", 80],
    ["localhost:", "localhost", null],
    ["my_box", "my_box", null],
    ["xn--mnchen-3ya.example", "xn--mnchen-3ya.example", null],
  ])("%s is host %s and port %s", (text, name, port) => {
    expect(parseHost(text)).toEqual({ name, port });
  });

  test.each([
    ...["", ":80", "a b", "a:b", "a:1:2", "a:65536", "::1", "[::1", "[localhost]", "[127.0.0.1]", "a/b"],
    ...["user@host", "a,b", "a\0", "a\r\nX: y", "%61", "-a", "a-", ".", "a..".repeat(100), "é", "[::1]x"],
  ])("%j is none", (text) => {
    expect(parseHost(text)).toBeNull();
  });

  test("of any text is read without harm", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.string({ unit: "binary" })), (text) => {
        const host = parseHost(text);
        expect(host === null || /^[a-z0-9_.:%-]+$/.test(host.name)).toBe(true);
      }),
    );
  });
});

describe("a request is for us", () => {
  const ours = [...namesOfMachine("Pi.lan"), "cam.example.org"];

  test.each([
    ...["127.0.0.1", "192.168.1.7", "8.8.8.8", "::1", "2001:db8::1"],
    ...["localhost", "app.localhost", "pi", "pi.lan", "pi.local", "cam.example.org"],
  ])("as %s", (name) => expect(isOurName(name, ours)).toBe(true));

  test.each([
    ...[
      "evil.example",
      "pi.evil.example",
      "localhost.evil.example",
      "127.0.0.1.nip.io",
      "127.1",
      "2130706433",
    ],
    ...["0x7f.1", "xlocalhost", "example.org", "x.cam.example.org", "pi.lan.evil.example", "local"],
  ])("and not as %s, a name that a page may have given us", (name) => {
    expect(isOurName(name, ours)).toBe(false);
  });

  test("as whatever the machine is called", () => {
    expect(namesOfMachine("Pi")).toEqual(["pi", "pi.local"]);
    expect(namesOfMachine("pi.garden.example.")).toEqual(["pi.garden.example", "pi", "pi.local"]);
    expect(namesOfMachine("")).toEqual([]);
  });
});
