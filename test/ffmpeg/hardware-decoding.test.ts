import { describe, expect, it, test } from "vitest";
import { cameraSource } from "../../src/devices/camera-source.ts";
import type { Camera } from "../../src/devices/device.ts";
import { fileMedia, mediaSource, urlMedia } from "../../src/devices/media.ts";
import type { ChosenMode } from "../../src/devices/mode.ts";
import type { Source } from "../../src/devices/source.ts";
import type { InputStreams, ListedVideo } from "../../src/devices/streams.ts";
import { encoders } from "../../src/ffmpeg/encoder-table.ts";
import { isRefusedByHardware } from "../../src/ffmpeg/hardware-decoding.ts";
import { type PlanOptions, planProcess } from "../../src/ffmpeg/plan.ts";
import { noFilters } from "../../src/ffmpeg/video-filters.ts";

const NODE = "/dev/dri/renderD128";
const VIDEO = { video: true, audio: false };
const SAME_SIZE = "crop=w='if(eq(iw,640)*eq(ih,480),iw,-100)'";

function streams(more: Partial<ListedVideo> = {}): InputStreams {
  const video = {
    index: 0,
    codec: "h264",
    size: { width: 640, height: 480 },
    fps: 25,
    programs: [],
    ...more,
  };
  return { demuxer: "rtsp", videos: [video], audios: [], hasDuration: false };
}
const network = (more: Partial<ListedVideo> = {}) =>
  mediaSource(urlMedia("rtsp://cam/1", "rtsp://cam/1", 7), streams(more));

const found: Camera = {
  ...{ alias: "cam0", name: "it", stableId: "it", access: { isAllowed: true }, holders: [] },
  ...{ kind: "camera", demuxer: "v4l2", node: "/dev/video0", physicalId: null, modes: [] },
};
const h264: ChosenMode = {
  ...{ format: "h264", coding: "h264", size: { width: 640, height: 480 }, fps: 30 },
  ...{ slowestFps: null, copies: false },
};
const webcam = (mode: Partial<ChosenMode> = {}, camera: Partial<Camera> = {}) =>
  cameraSource({ ...found, ...camera }, { ...h264, ...mode }, "driver");

interface Told {
  readonly decoding: string | undefined;
  /** What comes before the input, but for the input's own. */
  readonly before: string;
  readonly filters: string;
}

function told(source: Source, name: string, node: string | null, more: Partial<PlanOptions> = {}): Told {
  const encoder = encoders.find((one) => one.name === name);
  if (encoder === undefined) throw new Error(`no ${name}`);
  const { args, video } = planProcess(source, VIDEO, {
    ...{ majorVersion: 7, size: null, fps: null, bitrateKbps: null, gopSeconds: 1, copy: false, baseS: 1 },
    ...{ encoder: { encoder, node, profile: "high" }, decoding: "gpu-frames" },
    ...more,
  });
  const before = args.slice(0, args.indexOf("-i")).join(" ");
  return {
    decoding: video?.decoding,
    before:
      /(?:-vaapi_device|-init_hw_device|-hwaccel|-c:v) .*?(?= -copyts| -max_ts_probe| -thread_type|$)/.exec(
        before,
      )?.[0] ?? "",
    filters: args[args.indexOf("-vf") + 1] ?? "",
  };
}

const PROFILE = "-hwaccel_flags allow_profile_mismatch";

/**
 * Where each is from: go2rtc internal/ffmpeg/hardware/hardware.go and Frigate frigate/ffmpeg_presets.py (vaapi, cuda,
 * videotoolbox), Jellyfin EncodingHelper.cs (qsv), libavcodec/qsvdec.c (async_depth), v4l2_m2m_dec.c.
 */
test.each<[encoder: string, node: string | null, kept: string, filters: string, inMemory: string]>([
  [
    "h264_vaapi",
    NODE,
    `-vaapi_device ${NODE} -hwaccel vaapi ${PROFILE} -hwaccel_output_format vaapi`,
    "scale_vaapi=w=320:h=240:format=nv12",
    `-vaapi_device ${NODE} -hwaccel vaapi ${PROFILE}`,
  ],
  [
    "h264_nvenc",
    null,
    "-hwaccel cuda -hwaccel_output_format cuda",
    "scale_cuda=w=320:h=240:format=nv12",
    "-hwaccel cuda",
  ],
  [
    "h264_qsv",
    NODE,
    `-init_hw_device qsv=gpu:hw,child_device=${NODE} -hwaccel qsv -hwaccel_device gpu -hwaccel_output_format qsv -c:v h264_qsv -async_depth 1`,
    "scale_qsv=w=320:h=240:format=nv12",
    `-init_hw_device qsv=gpu:hw,child_device=${NODE} -hwaccel qsv -hwaccel_device gpu -hwaccel_output_format nv12 -c:v h264_qsv -async_depth 1`,
  ],
  [
    "h264_qsv", // Windows
    null,
    "-hwaccel qsv -hwaccel_output_format qsv -c:v h264_qsv -async_depth 1",
    "scale_qsv=w=320:h=240:format=nv12",
    "-hwaccel qsv -hwaccel_output_format nv12 -c:v h264_qsv -async_depth 1",
  ],
])(
  "%s on %s decodes with its frames on the chip, or in main memory",
  (name, node, kept, filters, inMemory) => {
    const size = { width: 320, height: 240 };
    expect(told(network(), name, node, { size })).toEqual({
      decoding: "gpu-frames",
      before: kept,
      filters: `${SAME_SIZE},${filters}`,
    });
    const less = told(network(), name, node, { size, decoding: "gpu" });
    expect(less).toMatchObject({ decoding: "gpu", before: inMemory });
    expect(less.filters).toBe(told(network(), name, node, { size, decoding: "cpu" }).filters);
  },
);

test.each([
  ["h264_videotoolbox", "-hwaccel videotoolbox"],
  ["h264_v4l2m2m", "-c:v h264_v4l2m2m"],
])("%s decodes, too: its frames always go through main memory", (name, before) => {
  const { filters } = told(network(), name, null, { decoding: "cpu" });
  expect(told(network(), name, null)).toEqual({ decoding: "gpu", before, filters });
});

describe("frames stay on the chip", () => {
  it.each<[string, Source, Partial<PlanOptions>, string]>([
    ["of a network camera", network(), {}, `${SAME_SIZE},scale_vaapi=format=nv12`],
    ["at another rate", network(), { fps: 10 }, `${SAME_SIZE},fps=10,scale_vaapi=format=nv12`],
    [
      "of a camera that is said to send other colours",
      webcam(),
      {},
      `${SAME_SIZE},setparams=range=tv:colorspace=smpte170m:color_primaries=bt709:color_trc=bt709,scale_vaapi=format=nv12`,
    ],
  ])("%s", (_, source, more, filters) => {
    expect(told(source, "h264_vaapi", NODE, more)).toMatchObject({ decoding: "gpu-frames", filters });
  });
});

describe("frames go through main memory", () => {
  it.each<[string, Source, Partial<PlanOptions>]>([
    ["that are cropped", network(), { filters: { ...noFilters, crop: { width: 64, height: 64, at: null } } }],
    ["that are turned", network(), { filters: { ...noFilters, rotate: 90 } }],
    ["that the user filters", network(), { filters: { ...noFilters, videoFilter: "hqdn3d" } }],
    ["with the time on them", network(), { timeOverlay: "drawtext=text=x" }],
    ["of fields", network({ isInterlaced: true }), {}],
    ["that ffmpeg turns", network({ rotation: 90 }), {}],
    ["with odd sides", network({ size: { width: 641, height: 480 } }), {}],
    ["of a size that nobody knows", network({ size: null }), {}],
    ["of JPEGs, whose range is converted", webcam({ coding: "mjpeg", format: "mjpeg" }), {}],
    ["of JPEGs over a network", network({ codec: "mjpeg" }), {}],
  ])("%s", (_, source, more) => {
    const { decoding, filters } = told(source, "h264_vaapi", NODE, more);
    expect(decoding).toBe("gpu");
    expect(filters).toBe(told(source, "h264_vaapi", NODE, { ...more, decoding: "cpu" }).filters);
  });
});

describe("the CPU decodes", () => {
  it.each<[string, Source, string, Partial<PlanOptions>]>([
    ["for x264", network(), "libx264", {}],
    ["for an encoder whose chip is not asked", network(), "h264_amf", {}],
    ["where it is told to", network(), "h264_vaapi", { decoding: "cpu" }],
    ["a codec that few chips know", network({ codec: "vp8" }), "h264_vaapi", {}],
    [
      "HEVC beside a V4L2 encoder, which has no decoder for it",
      network({ codec: "hevc" }),
      "h264_v4l2m2m",
      {},
    ],
    ["a file", mediaSource(fileMedia("a.mp4", false), { ...streams(), hasDuration: true }), "h264_vaapi", {}],
    [
      "a file that loops",
      mediaSource(fileMedia("a.mp4", true), { ...streams(), hasDuration: true }),
      "h264_vaapi",
      {},
    ],
    ["raw video", webcam({ coding: "raw", format: "yuyv422" }), "h264_vaapi", {}],
    ["DirectShow's cameras", webcam({}, { demuxer: "dshow" }), "h264_qsv", {}],
    ["nothing", network(), "h264_vaapi", { copy: true }],
  ])("%s", (_, source, name, more) => {
    const { decoding, before } = told(source, name, null, more);
    expect(decoding).toBeUndefined();
    expect(before).not.toMatch(/-hwaccel|-c:v/);
  });
});

it("a video that few chips take in mid-stream goes on, on the CPU: ffmpeg says so", () => {
  // ffmpeg 5.1.9, 7.1.5 and 9.0.2: -hwaccel vaapi with the driver of test/software-encoders, which only encodes
  const line =
    "[h264 @ 0x559ba60294c0] Failed setup for format vaapi: hwaccel initialisation returned error.";
  expect(isRefusedByHardware(line)).toBe(true);
  expect(isRefusedByHardware("[h264 @ 0x55] Using possibly-incompatible profile 578 instead.")).toBe(false);
});
