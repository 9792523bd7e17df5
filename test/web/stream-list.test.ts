import { expect, it } from "vitest";
import { readStreamList } from "../../src/web/stream-list.ts";

it("takes what the API says of a stream", () => {
  const stream = {
    ...{ name: "cam0", state: "on-air", sinceMs: 5, size: "640x360", fps: 30, bitrateKbps: 900 },
    ...{ codecs: ["avc1.64001f"], encoder: { name: "libx264", why: "" }, viewers: 2, lastError: null },
  };
  expect(readStreamList({ nowMs: 1, streams: [stream] })).toEqual({
    nowMs: 1,
    streams: [{ ...stream, encoder: "libx264" }],
  });
});

it("leaves out what it does not understand, of a newer server or of none", () => {
  expect(readStreamList({ streams: [{ name: "a", state: "flying" }, 7, null] }).streams).toEqual([]);
  expect(readStreamList("<html>")).toEqual({ nowMs: null, streams: [] });
  expect(readStreamList({ streams: [{ name: "a", state: "ended", fps: "many" }] }).streams).toMatchObject([
    { name: "a", state: "ended", fps: null, codecs: [] },
  ]);
});
