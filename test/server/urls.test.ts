import { networkInterfaces } from "node:os";
import { describe, expect, it } from "vitest";
import { streamUrls } from "../../src/server/urls.ts";

describe("the URLs of a stream", () => {
  it.each([
    ["127.0.0.1", "http://127.0.0.1:8080/live/x.flv", false],
    ["localhost", "http://localhost:8080/live/x.flv", false],
    ["::1", "http://[::1]:8080/live/x.flv", false],
    ["0:0:0:0:0:0:0:1", "http://[0:0:0:0:0:0:0:1]:8080/live/x.flv", false],
    ["::ffff:127.0.0.1", "http://[::ffff:127.0.0.1]:8080/live/x.flv", false],
    ["127.example", "http://127.example:8080/live/x.flv", true],
    ["192.0.2.7", "http://192.0.2.7:8080/live/x.flv", true],
    ["fd00::1", "http://[fd00::1]:8080/live/x.flv", true],
    ["::2", "http://[::2]:8080/live/x.flv", true],
  ])("on %s is that host's alone", async (host, url, isPublic) => {
    expect(await streamUrls({ scheme: "http", host, port: 8080 }, "/live/x.flv")).toEqual({
      url,
      urls: [url],
      isPublic,
    });
  });

  it("on a wildcard are all of this machine's, and the first is one of them", async () => {
    const { url, urls, isPublic } = await streamUrls(
      { scheme: "https", host: "0.0.0.0", port: 80 },
      "/live/x.flv",
    );
    const own = Object.values(networkInterfaces()).flatMap(
      (each) => each?.map(({ address }) => address) ?? [],
    );
    expect(isPublic).toBe(true);
    expect(urls[0]).toBe(url);
    expect(urls).toContain("https://127.0.0.1:80/live/x.flv");
    for (const each of urls) expect(own).toContain(new URL(each).hostname);
    expect(url.includes("0.0.0.0")).toBe(false);
  });

  it.each(["::", "0:0::0", "0000::"])(
    "on the wildcard %s are those of both kinds, but of one link alone",
    async (host) => {
      const { url, urls, isPublic } = await streamUrls({ scheme: "http", host, port: 80 }, "/x");
      const own = Object.values(networkInterfaces()).flatMap((each) => each ?? []);
      const wanted = own.map(({ address }) => address).filter((address) => !address.startsWith("fe80:"));
      const hosts = urls.map((each) => new URL(each).hostname.replace(/^\[(.*)\]$/, "$1"));
      expect(new Set(hosts)).toEqual(new Set(wanted));
      expect([urls[0], isPublic, new Set(urls).size]).toEqual([url, true, urls.length]);
    },
  );

  it("on the wildcard of IPv4 have none of IPv6", async () => {
    const { urls } = await streamUrls({ scheme: "http", host: "0.0.0.0", port: 80 }, "/x");
    expect(urls.filter((each) => each.includes("["))).toEqual([]);
  });
});
