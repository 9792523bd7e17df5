import { expect, test } from "vitest";
import { usbDevice } from "../../../src/devices/platform/usb.ts";

const DEVICE = "/sys/devices/pci0000:00/0000:00:14.0/usb1/1-4/1-4.2";

test.each([
  `${DEVICE}/1-4.2:1.0/video4linux/video0`,
  `${DEVICE}/1-4.2:1.2/sound/card1`,
  `${DEVICE}/1-4.2:1.2`,
])("%s is of the device behind the hub", (path) => {
  expect(usbDevice(path)).toBe(DEVICE);
});

test.each([
  "/sys/devices/platform/vivid.0/video4linux/video0",
  "/sys/devices/pci0000:00/0000:00:1f.3/sound/card0",
  "/sys/devices/virtual/video4linux/video8",
  null,
])("%s is of no USB device", (path) => {
  expect(usbDevice(path)).toBeNull();
});
