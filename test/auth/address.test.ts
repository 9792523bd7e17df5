import { describe, expect, test } from "vitest";
import { insideOf, isLoopback, isNetwork, networkOf, plainAddress } from "../../src/auth/address.ts";

test.each([
  ["192.0.2.7", "192.0.2.7"],
  ["::ffff:192.0.2.7", "192.0.2.7"],
  ["::FFFF:c000:207", "192.0.2.7"],
  ["2001:DB8:0:0::1", "2001:db8::1"],
  ["fe80::1%eth0", "fe80::1"],
  ["127.1", null],
  ["0x7f000001", null],
  ["2130706433", null],
  ["192.0.2.7:80", null],
  ["localhost", null],
  ["", null],
])("the one spelling of the address %j is %j", (text, plain) => {
  expect(plainAddress(text)).toBe(plain);
});

test.each([
  ["192.0.2.7", "192.0.2.7"],
  ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"],
  ["2001:db8:1:2:ffff::", "2001:db8:1:2::/64"],
  ["2001:db8:1:3::", "2001:db8:1:3::/64"],
])("%s is counted as %s", (address, network) => {
  expect(networkOf(address)).toBe(network);
});

test.each([
  ["127.0.0.1", true],
  ["127.255.0.9", true],
  ["::1", true],
  ["0:0:0:0:0:0:0:1", true],
  ["::ffff:127.0.0.1", true],
  ["::ffff:7f00:1", true],
  ["[::1]", true],
  ["[::ffff:127.0.0.1]", true],
  ["::1%lo", true],
  ["localhost", true],
  ["LocalHost", true],
  ["0.0.0.0", false],
  ["::", false],
  ["10.0.0.1", false],
  ["::ffff:10.0.0.1", false],
  ["127.0.0.1.example.org", false],
  ["127.example", false],
  ["[127.0.0.1", false],
  ["", false],
])("whether only this machine comes from %s: %s", (address, expected) => {
  expect(isLoopback(address)).toBe(expected);
});

describe("a network of proxies", () => {
  test.each([
    ["10.0.0.0/8", "10.255.0.1", true],
    ["10.0.0.0/8", "11.0.0.1", false],
    ["10.1.2.3", "10.1.2.3", true],
    ["10.1.2.3", "10.1.2.4", false],
    ["0.0.0.0/0", "198.51.100.1", true],
    ["0.0.0.0/0", "2001:db8::1", false],
    ["2001:db8::/32", "2001:db8:ffff::1", true],
    ["2001:db8::/32", "2001:db9::1", false],
    ["::/0", "192.0.2.1", false],
    ["10.0.0.0/8", "::ffff:10.0.0.1", true],
    ["loopback", "127.0.0.1", true],
    ["loopback", "::1", true],
    ["loopback", "10.0.0.1", false],
    ["private", "192.168.1.1", true],
    ["private", "172.31.0.1", true],
    ["private", "172.32.0.1", false],
    ["private", "fd00::1", true],
    ["private", "127.0.0.1", false],
    ["private", "no address", false],
  ])("%s has %s in it: %s", (network, address, expected) => {
    expect(insideOf([network])(address)).toBe(expected);
  });

  test("may be one of several, and none has nobody in it", () => {
    expect(insideOf(["10.0.0.1", "loopback"])("127.0.0.1")).toBe(true);
    expect(insideOf([])("127.0.0.1")).toBe(false);
  });

  test.each([
    "10.0.0.0/33",
    "2001:db8::/129",
    "10.0.0/8",
    "::ffff:10.0.0.0/104",
    "10.0.0.0/",
    "10.0.0.0/8/8",
  ])("is not %s", (text) => expect(isNetwork(text)).toBe(false));

  test.each(["lan", "toString", "constructor", "__proto__", ""])("has no such word as %j", (text) => {
    expect(isNetwork(text)).toBe(false);
  });
});
