import { describe, expect, it } from "vitest";
import { type Site, streamUrls } from "../../src/server/urls.ts";

const own = [
  { address: "192.168.1.7", family: "IPv4" },
  { address: "fd00::7", family: "IPv6" },
  { address: "127.0.0.1", family: "IPv4" },
] as const;

const urlsOf = (site: Partial<Site>, addresses: readonly (typeof own)[number][] = own) =>
  streamUrls(
    { scheme: "http", host: "0.0.0.0", address: site.host ?? "0.0.0.0", port: 8080, ...site },
    "x",
    () => addresses,
  );

const pageOf = (url = "") => url.replace("/live/x.flv", "/watch/x");

describe("the URLs of a stream", () => {
  it.each([
    ["127.0.0.1", "127.0.0.1", "http://127.0.0.1:8080/live/x.flv", false],
    ["localhost", "::1", "http://localhost:8080/live/x.flv", false],
    ["::1", "::1", "http://[::1]:8080/live/x.flv", false],
    ["0:0:0:0:0:0:0:1", "::1", "http://[0:0:0:0:0:0:0:1]:8080/live/x.flv", false],
    ["::ffff:127.0.0.1", "::ffff:127.0.0.1", "http://[::ffff:127.0.0.1]:8080/live/x.flv", false],
    ["127.example", "192.0.2.7", "http://127.example:8080/live/x.flv", true],
    ["this-machine", "127.0.1.1", "http://this-machine:8080/live/x.flv", false],
    ["192.0.2.7", "192.0.2.7", "http://192.0.2.7:8080/live/x.flv", true],
  ])("on %s, which is %s, is that host's alone", (host, address, url, isPublic) => {
    expect(urlsOf({ host, address })).toEqual({ url, pageUrl: pageOf(url), urls: [url], isPublic });
  });

  const [v4, v6, local] = ["192.168.1.7", "[fd00::7]", "127.0.0.1"].map(
    (host) => `https://${host}:80/live/x.flv`,
  );
  it.each([
    ["0.0.0.0", [v4, local]],
    ["::ffff:0.0.0.0", [v4, local]],
    ["::", [v4, v6, local]],
    ["0:0:0:0:0:0:0:0", [v4, v6, local]],
  ])("on %s are all of this machine's that it takes, in their order", (host, urls) => {
    const site = { scheme: "https", host, address: host, port: 80 } as const;
    expect(urlsOf(site)).toEqual({ url: v4, pageUrl: pageOf(v4), urls, isPublic: true });
  });

  it("on a machine with thousands of addresses are some of them", () => {
    const many = Array.from({ length: 5000 }, (_, n) => ({
      ...{ address: `10.0.${n >> 8}.${n & 255}`, family: "IPv4" as const },
    }));
    const { url, urls } = streamUrls(
      { scheme: "http", host: "0.0.0.0", address: "0.0.0.0", port: 8080 },
      "x",
      () => many,
    );
    expect([url, urls.length]).toEqual(["http://10.0.0.0:8080/live/x.flv", 64]);
  });

  it("on a machine without any address leads to itself", () => {
    expect(urlsOf({}, []).urls).toEqual(["http://127.0.0.1:8080/live/x.flv"]);
  });
});
