import { gunzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { answerWithPage, PageFiles } from "../../../src/server/files/page-files.ts";
import type { Answer, Headers } from "../../../src/server/http/answer.ts";

const files = new PageFiles();
const get = (path: string, more: { acceptEncoding?: string; ifNoneMatch?: string } = {}) =>
  answerWithPage(files, { path, ...more }, {});

function bytesOf(answer: Answer | null): Uint8Array {
  if (!(answer?.body instanceof Uint8Array)) throw new Error("there are no bytes");
  return answer.body;
}

const varies = (headers: Headers) => answerWithPage(files, { path: "/" }, headers)?.headers["Vary"];
const textOf = (answer: Answer | null) => Buffer.from(bytesOf(answer)).toString();

describe("the page's files", () => {
  it.each([
    ["/", "text/html; charset=utf-8"],
    ["/watch/cam0", "text/html; charset=utf-8"],
    ["/watch/cam0/recordings", "text/html; charset=utf-8"],
    ["/player/recordings.js", "text/javascript; charset=utf-8"],
    ["/player/page.js", "text/javascript; charset=utf-8"],
    ["/player/page.css", "text/css; charset=utf-8"],
    ["/player/icon.svg", "image/svg+xml"],
    ["/player/audio-worklet.js", "text/javascript; charset=utf-8"],
  ])("has %s as %s, with a policy that lets nothing else in", (path, contentType) => {
    const answer = get(path);
    expect(answer?.headers["Content-Type"]).toBe(contentType);
    expect(answer?.headers["Content-Security-Policy"]).toMatch(/^default-src 'none'; script-src 'self'/);
    expect(answer?.headers["Content-Security-Policy"]).not.toContain("unsafe");
    expect(answer?.headers["Referrer-Policy"]).toBe("no-referrer");
    expect(answer?.headers["X-Content-Type-Options"]).toBe("nosniff");
    expect(textOf(answer).length).toBeGreaterThan(100);
  });

  it.each([
    "/index.html",
    "/watch",
    "/watch/",
    "/watch/a/b",
    "/watch/a/recordings/",
    "/watch//recordings",
    "/player/",
    "/player/../cli/main.js",
    "/page.js",
  ])("has no %s", (path) => expect(get(path)).toBeNull());

  it.each([
    ["/", ""],
    ["/watch/cam0", "../"],
    ["/watch/cam0/recordings", "../../"],
  ])("links from %s to its own files relatively, for proxies", (path, base) => {
    const links = [...textOf(get(path)).matchAll(/(?:href|src)="([^"]*)"/g)].map(([, link = ""]) => link);
    expect(links.length).toBeGreaterThan(3);
    for (const link of links) {
      expect(link.slice(0, base.length + "player/".length)).toBe(`${base}player/`);
      expect(get(`/${link.slice(base.length)}`)).not.toBeNull();
    }
  });

  it("answers 304 to whoever has it already", () => {
    const etag = get("/player/page.js")?.headers["ETag"] ?? "";
    const answer = get("/player/page.js", { ifNoneMatch: etag });
    expect(answer?.status).toBe(304);
    expect(answer?.headers).not.toHaveProperty("Content-Length");
    expect(answer?.body).toBeNull();
  });

  it.each<[what: string, ifNoneMatch: (etag: string) => string, status: number]>([
    ["another version", () => '"other"', 200],
    ["nothing", () => "", 200],
    ["several, with this one among them", (etag) => `"other", ${etag}`, 304],
    ["this one, as a proxy weakens it", (etag) => `W/${etag}`, 304],
  ])("to whoever has %s answers by that", (_what, ifNoneMatch, status) => {
    const etag = get("/player/page.js")?.headers["ETag"] ?? "";
    expect(etag).toMatch(/^"[\w-]{22}"$/);
    expect(get("/player/page.js", { ifNoneMatch: ifNoneMatch(etag) })?.status).toBe(status);
  });

  it("has other tags for other bytes, and makes each once", () => {
    const tags = ["/player/page.js", "/player/page.css"].map((path) => get(path)?.headers["ETag"]);
    const compressed = get("/player/page.js", { acceptEncoding: "gzip" })?.headers["ETag"];
    expect(new Set([...tags, compressed]).size).toBe(3);
    expect(files.find("/player/page.js")).toBe(files.find("/player/page.js"));
    expect(files.find("/player/page.js", "gzip")).toBe(files.find("/player/page.js", "gzip"));
  });

  it.each([
    ["/player/page.js", "", false],
    ["/player/page.js", "gzippy, br", false],
    ["/player/page.js", "deflate, gzip;q=0.5", true],
    ["/player/page.js", "gzip;q=0.001", true],
    ["/player/page.js", "gzip;q=0", false],
    ["/player/page.js", "gzip; q=0.0, br", false],
    ["/player/icon.svg", "gzip", false],
  ])("of %s to whoever takes %j is compressed: %s", (path, acceptEncoding, isCompressed) => {
    const answer = get(path, { acceptEncoding });
    expect(answer?.headers["Content-Encoding"]).toBe(isCompressed ? "gzip" : undefined);
    expect(answer?.headers["Content-Length"]).toBe(String(bytesOf(answer).length));
  });

  it("where the page was not built has none", () => {
    expect(new PageFiles("/nowhere").find("/")).toBeNull();
  });

  it("varies by all that its answer depends on", () => {
    expect([varies({}), varies({ Vary: "Origin" })]).toEqual(["Accept-Encoding", "Accept-Encoding, Origin"]);
  });

  it("compresses for whoever takes that", () => {
    const answer = get("/player/page.js", { acceptEncoding: "br, gzip" });
    expect(answer?.headers["Content-Encoding"]).toBe("gzip");
    const body = gunzipSync(bytesOf(answer));
    expect(body.toString()).toBe(textOf(get("/player/page.js")));
  });

  it("loads nothing from anywhere else", () => {
    for (const path of ["/", "/watch/cam0", "/player/page.css"]) {
      expect(textOf(get(path))).not.toMatch(/https?:|url\(|style=|<script>|javascript:/);
    }
  });
});
