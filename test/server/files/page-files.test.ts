import { gunzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { answerWithPage, PageFiles } from "../../../src/server/files/page-files.ts";

const files = new PageFiles();
const get = (path: string, more: { acceptEncoding?: string; ifNoneMatch?: string } = {}) =>
  answerWithPage(files, { path, ...more }, {});

describe("the page's files", () => {
  it.each([
    ["/", "text/html; charset=utf-8"],
    ["/watch/cam0", "text/html; charset=utf-8"],
    ["/player/page.js", "text/javascript; charset=utf-8"],
    ["/player/page.css", "text/css; charset=utf-8"],
    ["/player/icon.svg", "image/svg+xml"],
    ["/player/sound-worklet.js", "text/javascript; charset=utf-8"],
  ])("has %s as %s, with a policy that lets nothing else in", async (path, contentType) => {
    const answer = get(path);
    expect(answer?.headers.get("Content-Type")).toBe(contentType);
    expect(answer?.headers.get("Content-Security-Policy")).toMatch(/^default-src 'none'; script-src 'self'/);
    expect(answer?.headers.get("Content-Security-Policy")).not.toContain("unsafe");
    expect(answer?.headers.get("Referrer-Policy")).toBe("no-referrer");
    expect(answer?.headers.get("X-Content-Type-Options")).toBe("nosniff");
    expect((await answer?.text())?.length).toBeGreaterThan(100);
  });

  it.each([
    "/index.html",
    "/watch",
    "/watch/",
    "/watch/a/b",
    "/player/",
    "/player/../cli/main.js",
    "/page.js",
  ])("has no %s", (path) => expect(get(path)).toBeNull());

  it("answers 304 to whoever has it already", async () => {
    const etag = get("/player/page.js")?.headers.get("ETag") ?? "";
    const answer = get("/player/page.js", { ifNoneMatch: etag });
    expect(answer?.status).toBe(304);
    expect(answer?.headers.get("Content-Length")).toBeNull();
    expect(await answer?.text()).toBe("");
  });

  it("compresses for whoever takes that", async () => {
    const answer = get("/player/page.js", { acceptEncoding: "br, gzip" });
    expect(answer?.headers.get("Content-Encoding")).toBe("gzip");
    const body = gunzipSync(new Uint8Array((await answer?.arrayBuffer()) ?? new ArrayBuffer(0)));
    expect(body.toString()).toBe(await get("/player/page.js")?.text());
  });

  it("loads nothing from anywhere else", async () => {
    for (const path of ["/", "/watch/cam0", "/player/page.css"]) {
      expect(await get(path)?.text()).not.toMatch(/https?:|url\(|style=|<script>|javascript:/);
    }
  });
});
