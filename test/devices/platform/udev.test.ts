import { expect, test } from "vitest";
import { udevRecord } from "../../../src/devices/platform/udev.ts";
import { fakeMachine } from "../../system/fake-machine.ts";

const SYSFS = "/sys/class/video4linux/video0";

test("udev's record of a node has the links that it claims and what v4l_id found", async () => {
  // cat /run/udev/data/c81:0, of vivid's camera
  const record = `S:v4l/by-path/platform-vivid.0-video-index0
I:6098418
E:ID_V4L_VERSION=2
E:ID_V4L_PRODUCT=vivid
E:ID_V4L_CAPABILITIES=:capture:video_overlay:
E:ID_PATH=platform-vivid.0
V:1
`;
  const machine = fakeMachine({ files: { [`${SYSFS}/dev`]: "81:0\n", "/run/udev/data/c81:0": record } });
  expect(await udevRecord(machine, SYSFS)).toEqual({
    links: ["/dev/v4l/by-path/platform-vivid.0-video-index0"],
    capabilities: ["capture", "video_overlay"],
  });
});

test("a record without capabilities says nothing of them", async () => {
  const machine = fakeMachine({ files: { [`${SYSFS}/dev`]: "81:0\n", "/run/udev/data/c81:0": "I:1\n" } });
  expect(await udevRecord(machine, SYSFS)).toEqual({ links: [], capabilities: null });
});

test.each([
  {},
  { [`${SYSFS}/dev`]: "81:0\n" },
  { [`${SYSFS}/dev`]: "../../shadow\n" },
  ...["81:0/../c1:1", "x81:0"].map((dev) => ({ [`${SYSFS}/dev`]: dev, [`/run/udev/data/c${dev}`]: "I:1" })),
])("there may be no record", async (files) => {
  expect(await udevRecord(fakeMachine({ files }), SYSFS)).toBeNull();
});
