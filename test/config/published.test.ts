import { expect, test } from "vitest";
import { faultsOf, parse } from "./parsed.ts";

const publishedOf = (...given: Parameters<typeof parse>) => parse(...given).settings.published;

test("nobody publishes what the file does not have, where it does not say so", () => {
  expect(publishedOf("streams: { a: rtmp }")).toBeNull();
  expect(publishedOf("publish: none\npublish-key: right-key-1\nstreams: { a: rtmp }")).toBeNull();
});

test("publish any needs no stream, and tells nobody of those that come", () => {
  expect(publishedOf("publish: any")).toMatchObject({
    ...{ key: null, max: 16, access: null, hasEvents: false },
    channel: { device: { kind: "publisher" }, wait: true, push: [], onDemand: null },
  });
});

test("a key alone is enough, from the file and from the command line", () => {
  expect(publishedOf("publish-key: right-key-1")).toMatchObject({ key: "right-key-1" });
  const flags = { "publish-key": "right-key-2", "max-published": "2" };
  expect(publishedOf("streams: { a: test }", { flags })).toMatchObject({ key: "right-key-2", max: 2 });
});

test("a key may be a reference", () => {
  const scene = { env: { KEY: "right-key-3" } };
  expect(publishedOf("publish-key: ${KEY}", scene)).toMatchObject({ key: "right-key-3" });
});

test("how they are stands under published, and no default of the other streams counts", () => {
  const text = [
    ...["publish: any", "defaults: { max-lag: 9s, gop: 1s }", "streams: { a: test }"],
    "published: { audio: none, token: their-token-1, publish-takeover: never, max-viewers: 7 }",
  ].join("\n");
  expect(publishedOf(text)).toMatchObject({
    access: { auth: "token", token: "their-token-1" },
    hasEvents: true,
    channel: { audio: "none", publish: { takeover: false }, viewers: { maxViewers: 7, maxLagMs: 3000 } },
  });
});

test("a stream has its own key", () => {
  const { settings } = parse("streams: { a: { device: rtmp, publish-key: right-key-4 } }");
  expect(settings.streams[0]?.channel.publish).toEqual({ key: "right-key-4", takeover: true });
});

test.each([
  ["streams: {}\npublished: {}", "works only with publish: any"],
  ["publish: some", "is not a choice here"],
  ["publish: any\nmax-published: 0", "is out of range: use 1 to 1000"],
  ["publish: any\npublish-key: short", "is too short"],
  ["publish: any\npublished: { device: rtmp }", "device: unknown"],
  ["publish: any\npublished: { fps: 5 }", "fps has no effect on what is published"],
  ["publish: any\npublished: { publish-key: right-key-5 }", "belongs at the top"],
  ["streams: { a: { device: test, publish-key: right-key-6 } }", "is only for the device rtmp"],
  ["streams: { a: { device: rtmp, encoder: libx264 } }", "encoder has no effect on what is published"],
  ["streams: { a: { device: rtmp, loop: true } }", "loop is only for media files"],
  ["streams: { a: { device: rtmp, audio: mic0 } }", "audio does not work with"],
])("%j is refused: %s", (text, fault) => {
  expect(faultsOf(text).join("\n")).toContain(fault);
});
