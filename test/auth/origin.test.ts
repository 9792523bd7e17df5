import { describe, expect, test } from "vitest";
import { canonicalOrigin, foreignPageOf } from "../../src/auth/origin.ts";
import { request } from "./requests.ts";

describe("an origin", () => {
  test.each([
    ["https://www.example.org", "https://www.example.org"],
    ["HTTPS://WWW.Example.org:443", "https://www.example.org"],
    ["http://192.0.2.7:8080", "http://192.0.2.7:8080"],
    ["http://[::1]:80", "http://[::1]"],
    ["capacitor://localhost", "capacitor://localhost"],
    ["chrome-extension://Abc", "chrome-extension://abc"],
  ])("%s is %s", (text, origin) => expect(canonicalOrigin(text)).toBe(origin));

  test.each([
    ...["null", "", "*", "www.example.org", "//example.org", "https://", "https://a/b", "https://a?b"],
    ...["https://u@a", "https://a, https://b", "https://a<b", "http://a:b", "http://[::1", "javascript:1"],
  ])("is not %j", (text) => expect(canonicalOrigin(text)).toBeNull());
});

const site = (name: string, port: number | null, isTls = false) => ({ host: { name, port }, isTls });
const foreignPage = (headers: Record<string, string>, at = site("cam.example", 8080)) =>
  foreignPageOf(request(headers), at);

describe("the page that asks is our own", () => {
  test.each([
    ["http://cam.example:8080", site("cam.example", 8080)],
    ["https://cam.example", site("cam.example", null)], // a proxy took the encryption off
    ["https://cam.example", site("cam.example", 443, true)],
    ["http://cam.example", site("cam.example", 80)],
    ["http://[::1]:8080", site("::1", 8080)],
  ])("where its origin is %s and the host is %o", (origin, at) => {
    expect(foreignPage({ origin }, at)).toBeNull();
  });

  test("where the browser calls it the same, though a proxy has changed the host", () => {
    expect(foreignPage({ origin: "https://www.example", "sec-fetch-site": "same-origin" })).toBeNull();
  });

  test.each([{}, { "sec-fetch-site": "none" }, { "sec-fetch-site": "same-origin" }])(
    "or no page asks at all: %o",
    (headers) => expect(foreignPage(headers)).toBeNull(),
  );
});

describe("the page that asks is another", () => {
  test.each([
    ["https://evil.example", site("cam.example", 8080), "https://evil.example"],
    ["http://cam.example:8081", site("cam.example", 8080), "http://cam.example:8081"],
    ["http://cam.example", site("cam.example", null, true), "http://cam.example"],
    ["http://x.cam.example:8080", site("cam.example", 8080), "http://x.cam.example:8080"],
    ["null", site("cam.example", 8080), null],
    ["file://", site("cam.example", 8080), null],
    ["http://cam.example:8080, http://evil.example", site("cam.example", 8080), null],
    ["", site("cam.example", 8080), null],
  ])("where its origin is %s and the host is %o", (origin, at, known) => {
    expect(foreignPage({ origin }, at)).toEqual({ origin: known });
  });

  test.each(["cross-site", "same-site"])("where the browser says %s and no more", (from) => {
    expect(foreignPage({ "sec-fetch-site": from })).toEqual({ origin: null });
  });
});
