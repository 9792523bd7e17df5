import { describe, expect, test } from "vitest";
import { devicesOfId, pinTarget } from "../../src/devices/pinning.ts";
import { someCamera, someMicrophone, someScreen } from "./some-devices.ts";

const camera = someCamera();
const microphone = someMicrophone();
const screen = someScreen();
const devices = { cameras: [camera], microphones: [microphone], screens: [screen] };

describe("a pin stays with", () => {
  test.each([
    ["an alias", "cam0", camera],
    ["a microphone", "mic0", microphone],
    ["a node", "/dev/video0", camera],
    ["a name: the camera before its microphone", "HD Web", camera],
    ["a screen", ":0", screen],
  ])("%s's device", (_, text, device) => {
    expect(pinTarget(devices, { text })).toEqual({ stableId: device.stableId, device });
  });

  test("a link's device", () => {
    expect(pinTarget(devices, { text: "/dev/front", realPath: "/dev/video0" }).device).toBe(camera);
  });

  test("an id that nothing has yet", () => {
    expect(pinTarget(devices, { text: "/dev/v4l/by-id/usb-other" })).toEqual({
      stableId: "/dev/v4l/by-id/usb-other",
      device: null,
    });
  });
});

test.each([
  ["cam7", 'camera "cam7" not found; available: cam0 "HD Webcam" (/dev/video0)'],
  ["/dev/video7", 'camera "/dev/video7" not found; available: cam0 "HD Webcam" (/dev/video0)'],
  ["mic7", 'microphone "mic7" not found; available: mic0 "HD Webcam" (plughw:1,0)'],
  ["hw:7,0", 'microphone "hw:7,0" not found; available: mic0 "HD Webcam" (plughw:1,0)'],
  ["screen7", 'screen "screen7" not found; available: screen0 "X11 screen :0" (:0)'],
])("no pin stays with %s, a number that another device can have tomorrow", (text, told) => {
  expect(() => pinTarget(devices, { text })).toThrow(told);
});

test("an id may be a camera's and its microphone's", () => {
  const both = { ...devices, microphones: [someMicrophone({ stableId: camera.stableId })] };
  expect(devicesOfId(both, camera.stableId).map(({ alias }) => alias)).toEqual(["cam0", "mic0"]);
});
