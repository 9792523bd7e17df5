import { describe, expect, test } from "vitest";
import { deviceText, listingText } from "../../src/cli/device-listing.ts";
import type { Camera, Mode } from "../../src/devices/device.ts";
import { someCamera, someMicrophone, someScreen } from "../devices/some-devices.ts";

const mode = (format: string, coding: Mode["coding"], size: string, ...fps: readonly number[]): Mode => {
  const [width = 0, height = 0] = size.split("x").map(Number);
  return { format, coding, sizes: { kind: "discrete", width, height }, rates: { kind: "discrete", fps } };
};

const nothing = { cameras: [], microphones: [], screens: [] };
const linesOf = (camera: Partial<Camera>) =>
  listingText({ ...nothing, cameras: [someCamera(camera)] }, [])
    .split("\n")
    .slice(1, -7);

test("each device has a line for its name, and below it what else it is known by", () => {
  const devices = {
    cameras: [
      someCamera({
        modes: [
          mode("yuyv422", "raw", "640x480", 30, 15),
          mode("mjpeg", "mjpeg", "1280x720", 60),
          mode("mjpeg", "mjpeg", "1920x1080", 30, 24),
          mode("h264", "h264", "1920x1080", 30),
        ],
        holders: [{ pid: 1234, name: "obs" }],
      }),
    ],
    microphones: [
      someMicrophone({
        access: {
          isAllowed: false,
          reason: "it is for group audio",
          fix: "sudo usermod -aG audio kim, then log in again",
        },
      }),
      someMicrophone({
        alias: "mic1",
        name: "Monitor of HDMI",
        node: "hdmi.monitor",
        stableId: "hdmi.monitor",
        isMonitor: true,
      }),
    ],
    screens: [someScreen()],
  };
  const pins = [
    { name: "door", stableId: "/dev/v4l/by-id/usb-HD_Webcam_1-video-index0", devices: ["cam0"] },
    { name: "yard", stableId: "/dev/v4l/by-id/usb-other", devices: [] },
  ];
  expect(listingText(devices, pins)).toBe(`Cameras
  cam0    HD Webcam
          /dev/video0
          id: /dev/v4l/by-id/usb-HD_Webcam_1-video-index0
          in use by obs (pid 1234)
          h264 (native) 1920x1080 @ 30
          mjpeg (native) 1920x1080 @ 30, 24 · 1280x720 @ 60
          yuyv422 640x480 @ 30, 15

Microphones
  mic0    HD Webcam
          plughw:1,0
          id: usb-HD_Webcam_1-00
          cannot be opened: it is for group audio
          to fix: sudo usermod -aG audio kim, then log in again
  mic1    Monitor of HDMI  (what this machine plays)
          hdmi.monitor

Screens
  screen0 X11 screen :0
          :0

Permanent names
  door         cam0          /dev/v4l/by-id/usb-HD_Webcam_1-video-index0
  yard         not connected /dev/v4l/by-id/usb-other
`);
});

test("where nothing is, that is said", () => {
  expect(listingText(nothing, [])).toBe(
    "Cameras\n  none found\n\nMicrophones\n  none found\n\nScreens\n  none found\n",
  );
});

test("what names itself by its id stands there once", () => {
  expect(linesOf({ name: "FaceTime", node: "FaceTime", stableId: "FaceTime" })).toEqual([
    "  cam0    FaceTime",
  ]);
  expect(linesOf({ name: "C920", node: "video=@device_1", stableId: "@device_1" })).toEqual([
    "  cam0    C920",
    "          video=@device_1",
  ]);
});

describe("a camera's formats", () => {
  test("are broken at the terminal's width, and counted where there are many sizes and rates", () => {
    const sizes = Array.from({ length: 20 }, (_, index) => `${100 * (index + 1)}x100`);
    const modes = sizes.map((size) => mode("mjpeg", "mjpeg", size, 60, 30.000_03, 25, 20, 15, 10));
    expect(linesOf({ modes }).slice(3)).toEqual([
      "          mjpeg (native) 2000x100 @ 60, 30, 25, 20, … ·",
      "            1900x100 @ 60, 30, 25, 20, … · 1800x100 @ 60, 30, 25, 20, … ·",
      "            1700x100 @ 60, 30, 25, 20, … · 1600x100 @ 60, 30, 25, 20, … ·",
      "            1500x100 @ 60, 30, 25, 20, … · … 14 more",
    ]);
  });

  test("are counted where there are many", () => {
    const modes = Array.from({ length: 9 }, (_, index) => mode(`raw${index}`, "raw", "64x64"));
    const lines = linesOf({ modes });
    expect(lines).toHaveLength(3 + 5);
    expect(lines.at(-1)).toBe("          … and 5 more formats: see --json");
  });

  test("may have ranges of sizes and rates, or rates that nobody knows", () => {
    const modes: readonly Mode[] = [
      {
        format: "nv12",
        coding: "raw",
        sizes: {
          kind: "stepwise",
          min: { width: 32, height: 32 },
          max: { width: 2592, height: 1944 },
          step: { width: 2, height: 2 },
        },
        rates: { kind: "range", minFps: 1, maxFps: 29.970_03 },
      },
      {
        format: "nv12",
        coding: "raw",
        sizes: { kind: "discrete", width: 64, height: 64 },
        rates: { kind: "unknown" },
      },
    ];
    expect(linesOf({ modes }).slice(3)).toEqual(["          nv12 32x32 to 2592x1944 @ 1 to 29.97 · 64x64"]);
  });
});

test("no device makes the terminal do things", () => {
  const text = listingText({ ...nothing, cameras: [someCamera({ name: "a\u001b[2J\u009b\nb" })] }, []);
  expect(text.replaceAll("\n", "")).not.toMatch(/\p{C}/u);
  expect(text).toContain("a?[2J?b");
});

test("one camera has below it what it can be set to, but for what cannot be", () => {
  const some = {
    ...{
      kind: "int",
      value: "1",
      fallback: "0",
      range: null,
      choices: [],
      isInactive: false,
      isReadOnly: false,
    },
  };
  const controls = [
    { ...some, name: "brightness", value: "128", range: { min: 0, max: 255 } },
    { ...some, name: "mute", kind: "bool" },
    {
      ...{ ...some, name: "auto_exposure", kind: "menu", range: { min: 0, max: 3 } },
      choices: [
        { value: 1, means: "Manual Mode" },
        { value: 3, means: "Aperture Priority Mode" },
      ],
    },
    { ...some, name: "gain", range: { min: 0, max: 9 }, isInactive: true },
    { ...some, name: "serial", isReadOnly: true },
  ];
  expect(deviceText(someCamera({}), controls).split("\n").slice(-6)).toEqual([
    "          controls (flvcast start --control NAME=VALUE):",
    "            brightness: 0 to 255 · now 128",
    "            mute: 0 or 1 · now 1",
    "            auto_exposure: 1 Manual Mode · 3 Aperture Priority Mode · now 1",
    "            gain: 0 to 9 · now 1, set automatically",
    "",
  ]);
});
