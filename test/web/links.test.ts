import { describe, expect, it } from "vitest";
import { isLoopback, linksOf, maskedText, pageUrl, playlistOf, sharedBase } from "../../src/web/links.ts";

const base = new URL("https://cam.example/cams/");
const texts = (token: string | null) =>
  linksOf({ base, name: "front door", token }).map(({ name, text }) => `${name}: ${text}`);

describe("the links of a stream", () => {
  it("lead to all that the server has of it, below the path of a proxy", () => {
    expect(texts(null)).toEqual([
      "Page: https://cam.example/cams/watch/front%20door",
      "FLV: https://cam.example/cams/live/front%20door.flv",
      "WebSocket: wss://cam.example/cams/live/front%20door.flv",
      "Still image: https://cam.example/cams/live/front%20door.jpg",
      'Embed: <iframe src="https://cam.example/cams/watch/front%20door" width="640" height="360" style="border: 0" allow="autoplay; fullscreen; picture-in-picture; clipboard-write"></iframe>',
    ]);
  });

  it("contain the token where there is one, each", () => {
    for (const text of texts("a b")) expect(text).toContain("?token=a+b");
  });

  it("are plain WebSocket where the page is plain HTTP", () => {
    const [, , socket] = linksOf({ base: new URL("http://cam:8080/"), name: "a", token: null });
    expect(socket?.text).toBe("ws://cam:8080/live/a.flv");
  });

  it("can be shown without the token", () => {
    const stream = { base, name: "a", token: "s+c/r=t" };
    expect(maskedText(pageUrl(stream).href, stream.token)).toBe("https://cam.example/cams/watch/a?token=•••");
    expect(maskedText("http://cam/watch/a", null)).toBe("http://cam/watch/a");
  });

  it("keep whatever is in a name or token within the attribute of the embed code", () => {
    const embed = linksOf({ base, name: 'a"><script>', token: '"&<' }).at(-1)?.text ?? "";
    expect(embed.match(/"/g)).toHaveLength(10);
    expect(embed.match(/[<>]/g)).toHaveLength(4);
  });

  it("are one entry of a playlist", () => {
    expect(playlistOf({ base, name: "a", token: "t" })).toBe(
      "#EXTM3U\n#EXTINF:-1,a\nhttps://cam.example/cams/live/a.flv?token=t\n",
    );
  });
});

describe("where others reach the server", () => {
  it.each([
    ["http://localhost:8080/", "http://192.168.1.7:8080/live/a.flv", "http://192.168.1.7:8080/"],
    ["http://127.0.0.1:8080/", "http://[fd00::1]:8080/live/a.flv", "http://[fd00::1]:8080/"],
    ["http://localhost:8080/", "http://127.0.0.1:8080/live/a.flv", "http://localhost:8080/"],
    ["http://localhost:8080/", null, "http://localhost:8080/"],
    ["http://localhost/cams/", "http://192.168.1.7:8080/live/a.flv", "http://localhost/cams/"],
    ["https://cam.example/", "http://192.168.1.7:8080/live/a.flv", "https://cam.example/"],
  ])("opened as %s, with the stream at %s: %s", (page, stream, shared) => {
    expect(sharedBase(new URL(page), stream).href).toBe(shared);
  });

  it.each([
    ["http://localhost/", true],
    ["http://cam.localhost/", true],
    ["http://127.1.2.3/", true],
    ["http://[::1]:8080/", true],
    ["http://192.168.1.7/", false],
    ["http://notlocalhost/", false],
    ["http://127.example/", false],
  ])("%s is this machine alone: %j", (url, isIt) => {
    expect(isLoopback(new URL(url))).toBe(isIt);
  });
});
