import { expect, it } from "vitest";
import { readChannelList } from "../../src/web/stream-list.ts";

it("takes what the API says of a channel", () => {
  const channel = {
    ...{ name: "cam0", state: "on-air", sinceMs: 5, size: "640x360", fps: 30, bitrateKbps: 900 },
    ...{ codecs: ["avc1.64001f"], encoder: { name: "libx264", why: "" }, viewers: 2, lastError: null },
  };
  expect(readChannelList({ nowMs: 1, channels: [channel] })).toEqual({
    nowMs: 1,
    channels: [{ ...channel, encoder: "libx264" }],
  });
});

it("leaves out what it does not understand, of a newer server or of none", () => {
  expect(readChannelList({ channels: [{ name: "a", state: "flying" }, 7, null] }).channels).toEqual([]);
  expect(readChannelList("<html>")).toEqual({ nowMs: null, channels: [] });
  expect(readChannelList({ channels: [{ name: "a", state: "ended", fps: "many" }] }).channels).toMatchObject([
    { name: "a", state: "ended", fps: null, codecs: [] },
  ]);
});
