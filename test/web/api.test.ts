import { expect, it } from "vitest";
import { firstLine, readStreams } from "../../src/web/api.ts";

const stream = {
  ...{ name: "cam0", state: "on-air", sinceMs: 5, url: "http://cam/live/cam0.flv", size: "640x360", fps: 30 },
  ...{ bitrateKbps: 900, codecs: ["avc1.64001f"], encoder: "libx264", viewers: 2, reason: null },
};

it("takes what the API says of a stream", () => {
  expect(readStreams({ nowMs: 1, streams: [stream] })).toEqual({ nowMs: 1, streams: [stream] });
});

it("leaves out what is no stream", () => {
  expect(readStreams({ nowMs: 1, streams: [7, null, { name: "a" }, { state: "ended" }] })?.streams).toEqual(
    [],
  );
});

it.each(["<html>", null, [], { streams: [stream] }, { nowMs: 1, streams: {} }])(
  "takes %j for no list",
  (json) => {
    expect(readStreams(json)).toBeNull();
  },
);

it.each([
  ["text/plain; charset=utf-8", "cam0 is starting\nmore", "cam0 is starting"],
  ["text/plain", "x".repeat(400), "x".repeat(300)],
  ["text/html", "<html>", ""],
])("reads the reason of a refusal in %s", async (type, body, reason) => {
  expect(await firstLine(new Response(body, { headers: { "Content-Type": type } }))).toBe(reason);
});
