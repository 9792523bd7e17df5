import { expect, it } from "vitest";
import { unlistedDevice } from "../../src/devices/unlisted.ts";

it.each([
  ["/dev/video0", "camera", "v4l2"],
  ["/dev/video64", "camera", "v4l2"],
  ["hw:1", "microphone", "alsa"],
  ["plughw:CARD=C920,DEV=0", "microphone", "alsa"],
  [":0", "screen", "x11grab"],
  [":10.1", "screen", "x11grab"],
])("%s, which is in no list, is a %s for ffmpeg's %s to try", (node, kind, demuxer) => {
  expect(unlistedDevice(node)).toMatchObject({
    ...{ kind, demuxer, node, alias: node, stableId: node, access: { isAllowed: true }, holders: [] },
  });
});

it.each([
  "/dev/video",
  "/dev/video0/x",
  "x/dev/video0",
  "/dev/videoX",
  "xhw:1",
  "plug:1",
  ":",
  ":a",
  ":0.",
  "0:0",
  "x:0",
])("%s is no node", (text) => {
  expect(unlistedDevice(text)).toBeNull();
});
