import { describe, expect, it } from "vitest";
import { checkHead, type Head } from "../../../src/server/http/request-rules.ts";

const plain: Head = {
  method: "GET",
  target: "/live/cam.flv",
  version: "1.1",
  rawHeaders: ["Host", "a.example"],
};

/** Host, and so many that there are `count`. */
function headersOf(count: number): string[] {
  return ["Host", "a", ...Array.from({ length: count - 1 }, () => ["x", "y"]).flat()];
}

function statusOf(head: Partial<Head>): number {
  const verdict = checkHead({ ...plain, ...head });
  return verdict.kind === "fine" ? 200 : verdict.status;
}

describe("a request's head", () => {
  it.each<[what: string, head: Partial<Head>, status: number]>([
    ["an ordinary one", {}, 200],
    ["one of HTTP/1.0 without Host", { version: "1.0", rawHeaders: [] }, 200],
    ["one of HTTP/1.1 without Host", { rawHeaders: [] }, 400],
    ["no version", { version: "0.9" }, 400],
    ["the version of HTTP/2", { version: "2.0" }, 505],
    ["an empty Host", { rawHeaders: ["Host", ""] }, 400],
    ["two Hosts", { rawHeaders: ["Host", "a.example", "host", "a.example"] }, 400],
    ["two Hosts of HTTP/1.0", { version: "1.0", rawHeaders: ["Host", "a", "host", "b"] }, 400],
    ["a header whose value is Host", { rawHeaders: ["x", "Host", "y", "a.example"] }, 400],
    ["a method that nobody knows", { method: "FOO" }, 501],
    ["a method that is none of ours", { method: "PROPFIND" }, 200],
    ["8 KB of target", { target: `/${"a".repeat(8191)}` }, 200],
    ["more than 8 KB of target", { target: `/${"a".repeat(8192)}` }, 414],
    ["16 KB of header", { rawHeaders: ["Host", "a", "x", "b".repeat(16_370)] }, 200],
    ["16 KB of header to the byte", { rawHeaders: ["Host", "a", "x", "b".repeat(16_370)] }, 200],
    ["a byte more than 16 KB of header", { rawHeaders: ["Host", "a", "x", "b".repeat(16_371)] }, 431],
    ["more than 16 KB of header", { rawHeaders: ["Host", "a", "x", "b".repeat(16_384)] }, 431],
    ["128 headers", { rawHeaders: headersOf(128) }, 200],
    ["129 headers", { rawHeaders: headersOf(129) }, 431],
    ["hundreds of headers", { rawHeaders: Array.from({ length: 300 }, () => ["Host", "a"]).flat() }, 431],
    ["the absolute form", { target: "http://a.example/live/cam.flv" }, 200],
    ["the absolute form over TLS, in capitals", { target: "HTTPS://a.example/live/cam.flv" }, 200],
    ["the absolute form without a path", { target: "http://a.example" }, 400],
    ["the absolute form of *", { method: "OPTIONS", target: "http://a.example*" }, 400],
    ["an absolute form within the path", { target: "/x/http://b.example/" }, 200],
    ["the absolute form of another server", { target: "http://b.example/live/cam.flv" }, 400],
    ["the absolute form of another scheme", { target: "ftp://a.example/live/cam.flv" }, 400],
    ["* for OPTIONS", { method: "OPTIONS", target: "*" }, 200],
    ["* for GET", { target: "*" }, 400],
    ["no slash", { target: "live/cam.flv" }, 400],
    ["a fragment", { target: "/live/cam.flv#x" }, 400],
    ["an empty target", { target: "" }, 400],
  ])("with %s", (_what, head, status) => {
    expect(statusOf(head)).toBe(status);
  });

  it.each([
    ...["/../x", "/live/..", "/live/../x", "/%2e%2e/x", "/.%2E/x", "/%2e/x", "/./x"],
    ...["/live/cam%00.flv", "/live/%00", "/live/a%2fb.flv", "/live/a%2Fb.flv", "/live/a%5cb.flv", "/a\\b"],
    ...[
      "/live/%c0%ae%c0%ae/",
      "/live/%",
      "/live/%zz",
      "/live/%f",
      "/live/%0d%0a",
      "/a b",
      "/a\u00e9",
      "/a\x7f",
    ],
  ])("has no path like %j", (target) => {
    expect(statusOf({ target })).toBe(400);
  });

  it("gives path and query as they were sent", () => {
    expect(checkHead({ ...plain, target: "http://A.example/live/x%20y?a=%2e%2e&b" })).toEqual({
      kind: "fine",
      target: { path: "/live/x%20y", query: "a=%2e%2e&b" },
    });
    expect(checkHead({ ...plain, target: "/x?a?b" })).toMatchObject({ target: { path: "/x", query: "a?b" } });
    expect(checkHead({ ...plain, target: "/x" })).toMatchObject({ target: { path: "/x", query: "" } });
  });
});
