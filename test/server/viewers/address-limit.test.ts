import { expect, it } from "vitest";
import { AddressLimit } from "../../../src/server/viewers/address-limit.ts";

it("an address has room for so many viewers, and for another when one leaves", () => {
  const limit = new AddressLimit(2);
  const ids = [limit.take("192.0.2.1"), limit.take("192.0.2.1"), limit.take("192.0.2.2")];
  expect(new Set(ids).size).toBe(3);
  expect([limit.hasRoom("192.0.2.1"), limit.hasRoom("192.0.2.2")]).toEqual([false, true]);
  limit.leave("192.0.2.1");
  expect(limit.hasRoom("192.0.2.1")).toBe(true);
  limit.take("192.0.2.1");
  expect(limit.hasRoom("192.0.2.1")).toBe(false);
  for (let viewer = 0; viewer < 2; viewer++) limit.leave("192.0.2.1");
  limit.leave("192.0.2.1"); // of nobody
  limit.take("192.0.2.1");
  expect(limit.hasRoom("192.0.2.1")).toBe(true);
});

it("the addresses of one IPv6 network count together", () => {
  const limit = new AddressLimit(1);
  limit.take("2001:db8:0:1::7");
  expect(limit.hasRoom("2001:db8:0:1::8")).toBe(false);
  expect(limit.hasRoom("2001:db8:0:2::8")).toBe(true);
});

it("an address has room for any number where there is no limit", () => {
  const limit = new AddressLimit(null);
  for (let viewer = 0; viewer < 1000; viewer++) limit.take("192.0.2.1");
  expect(limit.hasRoom("192.0.2.1")).toBe(true);
});
