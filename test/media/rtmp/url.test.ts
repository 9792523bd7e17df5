import { describe, expect, it } from "vitest";
import { parseRtmpUrl } from "../../../src/media/rtmp/url.ts";

const plain = { isTls: false, host: "host", port: 1935, app: "live", name: "cam", tcUrl: "rtmp://host/live" };

describe("an address of RTMP", () => {
  it.each([
    ["a host, an application and a name", "rtmp://host/live/cam", {}],
    ["a port", "rtmp://host:1936/live/cam", { port: 1936, tcUrl: "rtmp://host:1936/live" }],
    ["TLS", "rtmps://host/live/cam", { isTls: true, port: 443, tcUrl: "rtmps://host/live" }],
    ["a scheme in capitals", "RTMP://host/live/cam", {}],
    [
      "a key with a query, which belongs to it",
      "rtmp://host/live/cam?key=a/b&x=?",
      { name: "cam?key=a/b&x=?" },
    ],
    [
      "an application of several parts",
      "rtmp://host/a/b/c/cam",
      { app: "a/b/c", tcUrl: "rtmp://host/a/b/c" },
    ],
    [
      "an application with a query (YouTube's backup)",
      "rtmp://host/live2?backup=1/abcd-efgh",
      { app: "live2?backup=1", name: "abcd-efgh", tcUrl: "rtmp://host/live2?backup=1" },
    ],
    [
      "an IPv6 address",
      "rtmp://[::1]:1936/live/cam",
      { host: "::1", port: 1936, tcUrl: "rtmp://[::1]:1936/live" },
    ],
    ["a key of any characters", "rtmp://host/live/ä%20#=:@[]", { name: "ä%20#=:@[]" }],
    ["the last port", "rtmp://host:65535/live/cam", { port: 65_535, tcUrl: "rtmp://host:65535/live" }],
  ])("has %s", (_, text, parts) => {
    expect(parseRtmpUrl(text)).toEqual({ ...plain, ...parts });
  });

  it.each([
    ...[
      "",
      "rtmp:",
      "rtmp://host",
      "rtmp://host/",
      "rtmp://host/live",
      "rtmp://host/live/",
      "rtmp://host//cam",
    ],
    ...["rtmp:///live/cam", "rtmp://host:/live/cam", "rtmp://host:0/live/cam", "rtmp://host:65536/live/cam"],
    ...["rtmp://host:x/live/cam", "rtmp://user:password@host/live/cam", "rtmp://::1/live/cam"],
    ...[
      "rtmp://host/live?backup=1",
      "rtmp://host?a/live/cam",
      "rtmp://host/live/a b",
      "rtmp://host/live/a\nb",
    ],
    ...[
      "rtmpt://host/live/cam",
      "rtmpe://host/live/cam",
      "http://host/live/cam",
      " rtmp://host/live/cam",
      "host/live/cam",
    ],
  ])("is not %j", (text) => {
    expect(parseRtmpUrl(text)).toBeNull();
  });
});
