import { expect, it } from "vitest";
import { cameraSource } from "../../src/devices/camera-source.ts";
import type { Camera } from "../../src/devices/device.ts";
import type { ChosenMode } from "../../src/devices/mode.ts";

const found = {
  alias: "cam0",
  name: "it",
  stableId: "it",
  access: { isAllowed: true },
  holders: [],
} as const;
const camera = (demuxer: Camera["demuxer"]): Camera => ({
  ...{ ...found, kind: "camera", demuxer, node: "it", physicalId: null, modes: [] },
});
const mode: ChosenMode = {
  ...{ format: null, coding: "raw", size: null, fps: null, slowestFps: null, copies: false },
};

it.each([
  [30, "30"],
  [30_000 / 1001, "30000/1001"],
  [29.97, "30000/1001"],
  [59.94, "60000/1001"],
  [23.976, "24000/1001"],
  [7.5, "7.5"],
  [29.9, "29.9"],
  [29.98, "29.98"],
])("a camera is asked for %d frames a second as %s", (fps, text) => {
  const { inputOptions, video } = cameraSource(camera("v4l2"), { ...mode, fps }, "driver");
  expect(inputOptions[inputOptions.indexOf("-framerate") + 1]).toBe(text);
  expect(video?.fps).toBe(fps);
});

it.each<[Camera["demuxer"], Partial<ChosenMode>, string]>([
  ["v4l2", {}, "-probesize 32 -analyzeduration 0 -thread_queue_size 8 -f v4l2 -timestamps abs"],
  [
    "v4l2",
    { coding: "h264", format: "h264", size: { width: 640, height: 480 } },
    "-thread_queue_size 8 -f v4l2 -timestamps abs -input_format h264 -video_size 640x480",
  ],
  ["avfoundation", {}, "-f avfoundation -pixel_format nv12 -framerate 30"],
  ["avfoundation", { fps: 25 }, "-f avfoundation -pixel_format nv12 -framerate 25"],
  ["dshow", {}, "-f dshow -rtbufsize 64M"],
  ["dshow", { format: "yuyv422" }, "-f dshow -rtbufsize 64M -pixel_format yuyv422"],
  ["dshow", { coding: "mjpeg", format: "mjpeg" }, "-f dshow -rtbufsize 64M -vcodec mjpeg"],
])("a camera of %s in the mode %j is opened with %s", (demuxer, wanted, options) => {
  const source = cameraSource(camera(demuxer), { ...mode, ...wanted }, "driver");
  expect(source.inputOptions.join(" ")).toBe(options);
  expect(source.clock).toBe(demuxer === "v4l2" ? "epoch" : "live");
});

it.each([
  ["raw", "yuyv422", "rawvideo", "smpte170m", 2],
  ["other", "x", "rawvideo", "smpte170m", 2],
  ["mjpeg", "mjpeg", "mjpeg", "smpte170m", 4],
  ["h264", "h264", "h264", "smpte170m", 2],
  ["raw", "rgb24", "rawvideo", "bt709", 2],
  ["raw", "0bgr", "rawvideo", "bt709", 2],
  ["raw", "gbrp", "rawvideo", "bt709", 2],
] as const)(
  "what comes as %s in %s is %s with the colours of %s",
  (coding, format, codec, colorMatrix, filters) => {
    const { video } = cameraSource(camera("v4l2"), { ...mode, coding, format }, "driver");
    expect(video).toMatchObject({ codec, colorMatrix });
    expect(video?.filters).toHaveLength(filters);
  },
);
