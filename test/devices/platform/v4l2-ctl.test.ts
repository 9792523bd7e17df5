import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Mode } from "../../../src/devices/device.ts";
import { parseV4l2Ctl } from "../../../src/devices/platform/v4l2-ctl.ts";
import { recorded } from "./recorded.ts";

const CAMERA = "\tDevice Caps      : 0x04200001\n";
const modesOf = (text: string): readonly Mode[] => {
  const node = parseV4l2Ctl(text);
  if (node?.kind !== "capture") throw new Error(`no camera: ${JSON.stringify(node)}`);
  return node.modes;
};

test("vivid's camera has its formats, sizes and rates", () => {
  const modes = modesOf(recorded("vivid.v4l2-ctl"));
  expect([...new Set(modes.map(({ format }) => format))]).toEqual([
    ...["yuyv422", "uyvy422", "yuv422p", "yuv420p", "nv12"],
  ]);
  expect(modes.filter(({ format }) => format === "yuv420p")).toHaveLength(6); // YU12 and YV12
  expect(modes[0]).toEqual({
    format: "yuyv422",
    coding: "raw",
    sizes: { kind: "discrete", width: 320, height: 180 },
    rates: { kind: "discrete", fps: [60, 50, 40, 30, 25, 15, 12.5, 10, 5, 4, 2, 1] },
  });
});

test("a v4l2loopback that is fed sends what it is fed with", () => {
  expect(modesOf(recorded("loopback-fed.v4l2-ctl"))).toEqual([
    {
      format: "mjpeg",
      coding: "mjpeg",
      sizes: { kind: "discrete", width: 640, height: 480 },
      rates: { kind: "discrete", fps: [30] },
    },
  ]);
});

test.each([
  ["metadata", "other"],
  ["m2m", "other"],
  ["output", "output"],
  ["loopback-unfed", "output"],
])("%s is no camera", (name, kind) => {
  expect(parseV4l2Ctl(recorded(`${name}.v4l2-ctl`))).toEqual({ kind });
});

test("an end of a pipeline that libcamera has to build is no camera", () => {
  // Intel's ipu7 isys: Video Capture, I/O MC, Streaming (omacom/omarchy pull request 7289)
  expect(parseV4l2Ctl("\tDevice Caps      : 0x24200001\n")).toEqual({ kind: "other" });
});

test("a multiplanar capture is no camera for ffmpeg", () => {
  // intel/ipu6-drivers issue 30
  expect(parseV4l2Ctl("\tDevice Caps      : 0x04201000\n")).toEqual({ kind: "other" });
});

test("a node that could not be opened is not told about", () => {
  expect(parseV4l2Ctl("")).toBeNull();
});

describe("other cameras", () => {
  test("a Logitech C920 sends H.264 and Motion-JPEG by itself", () => {
    const modes = modesOf(`${CAMERA}ioctl: VIDIOC_ENUM_FMT
\tType: Video Capture

\t[0]: 'YUYV' (YUYV 4:2:2)
\t\tSize: Discrete 640x480
\t\t\tInterval: Discrete 0.033s (30.000 fps)
\t\t\tInterval: Discrete 0.042s (24.000 fps)
\t\t\tInterval: Discrete 0.133s (7.500 fps)
\t\tSize: Discrete 2304x1536
\t\t\tInterval: Discrete 0.500s (2.000 fps)
\t[1]: 'H264' (H.264, compressed)
\t\tSize: Discrete 1920x1080
\t\t\tInterval: Discrete 0.033s (30.000 fps)
\t[2]: 'MJPG' (Motion-JPEG, compressed)
\t\tSize: Discrete 1920x1080
\t\t\tInterval: Discrete 0.033s (30.000 fps)
`);
    expect(
      modes.map(({ format, coding, sizes, rates }) => [
        `${format} ${coding}`,
        sizes.kind === "discrete" && sizes.width,
        rates.kind === "discrete" && rates.fps,
      ]),
    ).toEqual([
      ["yuyv422 raw", 640, [30, 24, 7.5]],
      ["yuyv422 raw", 2304, [2]],
      ["h264 h264", 1920, [30]],
      ["mjpeg mjpeg", 1920, [30]],
    ]);
  });

  test("a Raspberry Pi's camera, in the words of an old v4l2-ctl, takes any even size", () => {
    const modes = modesOf(`${CAMERA}ioctl: VIDIOC_ENUM_FMT
\tIndex       : 0
\tType        : Video Capture
\tPixel Format: 'YU12'
\tName        : Planar YUV 4:2:0
\t\tSize: Stepwise 32x32 - 2592x1944 with step 2/2

\tIndex       : 1
\tType        : Video Capture
\tPixel Format: 'H264' (compressed)
\tName        : H.264
\t\tSize: Stepwise 32x32 - 2592x1944 with step 2/2

\tIndex       : 2
\tType        : Video Capture
\tPixel Format: 'YVYU'
\tName        : YVYU 4:2:2
\t\tSize: Stepwise 32x32 - 2592x1944 with step 2/2
`);
    const sizes = {
      kind: "stepwise",
      min: { width: 32, height: 32 },
      max: { width: 2592, height: 1944 },
      step: { width: 2, height: 2 },
    };
    expect(modes).toEqual([
      { format: "yuv420p", coding: "raw", sizes, rates: { kind: "unknown" } },
      { format: "h264", coding: "h264", sizes, rates: { kind: "unknown" } },
    ]);
  });

  test("rates may be a range, sizes continuous, and lists may say things twice", () => {
    const modes = modesOf(`${CAMERA}
\t[0]: 'GREY' (8-bit Greyscale)
\t\tSize: Continuous 1x1 - 8192x8192
\t\t\tInterval: Continuous 0.010s - 1.000s (1.000-100.000 fps)
\t\tSize: Stepwise 0x0 - 0x0 with step 0/0
\t\tSize: Discrete 640x480
\t\t\tInterval: Discrete 0.040s (25.000 fps)
\t\t\tInterval: Discrete 0.033s (30.000 fps)
\t\t\tInterval: Discrete 0.040s (25.000 fps)
`);
    expect(modes.map(({ rates }) => rates)).toEqual([
      { kind: "range", minFps: 1, maxFps: 100 },
      { kind: "discrete", fps: [30, 25] },
    ]);
    expect(modes[0]?.sizes).toMatchObject({ kind: "stepwise", step: { width: 1, height: 1 } });
  });
});

test("no text makes it throw", () => {
  const words = ["[0]: 'MJPG'", "Size: Discrete", "Size: Stepwise", "Interval:", "(30.000 fps)", "1x1", "\n"];
  const text = fc.array(fc.oneof(fc.constantFrom(...words), fc.string({ maxLength: 8 })), { maxLength: 40 });
  fc.assert(
    fc.property(text, (parts) => {
      const node = parseV4l2Ctl(CAMERA + parts.join(" "));
      expect(node).toMatchObject({ kind: "capture" });
    }),
  );
});
