import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isOurHost, namesOfMachine, parseHost } from "../../src/auth/host.ts";

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
  ])("as %s", (name) => expect(isOurHost(name, ours)).toBe(true));

  test.each([
    ...[
      "evil.example",
      "pi.evil.example",
      "localhost.evil.example",
      "127.0.0.1.nip.io",
      "127.1",
      "2130706433",
    ],
    ...["0x7f.1", "example.org", "x.cam.example.org", "pi.lan.evil.example"],
  ])("and not as %s, a name that a page may have given us", (name) => {
    expect(isOurHost(name, ours)).toBe(false);
  });

  test.each([
    ...["flvcast", "prometheus-1", "my_box", "vm.lan", "vm.fritz.box", "pi.home.arpa", "vm.tail1234.ts.net"],
    ...[
      "flvcast.internal",
      "flvcast.default.svc.cluster.local",
      "nas.home",
      "pc.corp",
      "host.docker.internal",
    ],
  ])("as %s, which no page can have: containers and home networks give such names", (name) => {
    expect(isOurHost(name, [])).toBe(true);
  });

  test.each([
    ...["fritz.box", "ts.net", "evil-fritz.box", "evilts.net", "lan.evil.example", "pi.", "ai."],
    ...["pi.example", "vm.box", "xn--lan-.example", "127.0.0.1.", "127.0.0.1.localdomain.example"],
  ])("and not as %s, which looks like one of those", (name) => {
    expect(isOurHost(name, ["pi"])).toBe(false);
  });

  // What reaches the loopback address: a browser takes the first for this machine, and says of them which page asks.
  test.each([
    ...["127.0.0.1", "127.0.0.1:8080", "127.8.8.8", "[::1]", "[0:0:0:0:0:0:0:1]", "[::0001]:80", "[::1%lo]"],
    ...["localhost", "LOCALHOST", "LocalHost:8080", "app.localhost", "app.localhost."],
  ])("as this machine by %s", (text) => {
    expect(isOurHost(parseHost(text)?.name ?? "none.example", [])).toBe(true);
  });

  test.each([
    ...["0.0.0.0", "0.0.0.0:8080", "0.0.0.1", "[::]", "[::]:8080", "[0::0]", "[0:0:0:0:0:0:0:0]", "[::%lo]"],
    ...["[::0.0.0.0]", "[::ffff:0.0.0.0]", "[::ffff:0:0]", "[::ffff:127.0.0.1]", "[::FFFF:7F00:1]"],
    ...["[0:0:0:0:0:ffff:127.0.0.1]", "[::ffff:192.0.2.7]", "0", "0:8080", "00", "0x0", "0x", "0x7f000001"],
    ...["0X7F000001", "2130706433", "017700000001", "127.1", "127.0.1", "0x7f.1", "0x7f.0.0.1", "0177.0.0.1"],
    ...["0.0.0.0.", "0.", "localhost.", "LOCALHOST.:8080", "localhost.localdomain", "localhost4"],
    ...["localhost6.localdomain6", "ip6-localhost", "ip6-loopback", "kubernetes.docker.internal"],
    ...["localhost.evil.example", "127.0.0.1.nip.io"],
  ])("and not by %s, of which it may not know", (text) => {
    expect(isOurHost(parseHost(text)?.name ?? "none.example", ["pi"])).toBe(false);
  });

  test("as whatever the machine is called", () => {
    expect(namesOfMachine("Pi")).toEqual(["pi", "pi.local"]);
    expect(namesOfMachine("pi.garden.example.")).toEqual(["pi.garden.example", "pi", "pi.local"]);
    expect(namesOfMachine("")).toEqual([]);
  });
});
