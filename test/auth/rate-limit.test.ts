import { describe, expect, test } from "vitest";
import { Failures } from "../../src/auth/rate-limit.ts";

const fail = (failures: Failures, address: string, times: number, nowMs = 0) => {
  for (let count = 0; count < times; count += 1) failures.count(address, nowMs);
};

describe("whoever presents ten wrong tokens", () => {
  test("waits until a minute after the first of them", () => {
    const failures = new Failures();
    fail(failures, "192.0.2.7", 9, 1000);
    expect(failures.waitMs("192.0.2.7", 1000)).toBe(0);
    failures.count("192.0.2.7", 11_000);
    expect(failures.waitMs("192.0.2.7", 11_000)).toBe(50_000);
    expect(failures.waitMs("192.0.2.7", 60_999)).toBe(1);
    expect(failures.waitMs("192.0.2.7", 61_000)).toBe(0);
  });

  test("has a new minute after it", () => {
    const failures = new Failures();
    fail(failures, "192.0.2.7", 10);
    fail(failures, "192.0.2.7", 9, 60_000);
    expect(failures.waitMs("192.0.2.7", 60_000)).toBe(0);
  });

  test("keeps nobody else waiting", () => {
    const failures = new Failures();
    fail(failures, "192.0.2.7", 10);
    expect(failures.waitMs("192.0.2.8", 0)).toBe(0);
  });

  test("is the same in all of an IPv6 network of 64 bits", () => {
    const failures = new Failures();
    for (let host = 1; host <= 10; host += 1) failures.count(`2001:db8::${host}`, 0);
    expect(failures.waitMs("2001:db8::ffff", 0)).toBe(60_000);
    expect(failures.waitMs("2001:db8:0:1::1", 0)).toBe(0);
  });
});

const address = (index: number) => `10.${index >> 16}.${(index >> 8) & 255}.${index & 255}`;

test("ten thousand addresses are remembered, the latest", () => {
  const failures = new Failures();
  fail(failures, address(0), 9);
  for (let index = 1; index < 10_000; index += 1) failures.count(address(index), 0);
  failures.count(address(0), 0); // now the latest
  for (let index = 10_000; index < 19_999; index += 1) failures.count(address(index), 0);
  expect(failures.size).toBe(10_000);
  expect(failures.waitMs(address(0), 0)).toBe(60_000);
  failures.count(address(20_000), 0);
  expect(failures.waitMs(address(0), 0)).toBe(0);
});
