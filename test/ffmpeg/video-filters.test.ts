import { describe, expect, it } from "vitest";
import { cameraSource } from "../../src/devices/camera-source.ts";
import type { Camera } from "../../src/devices/device.ts";
import { softwareEncoder } from "../../src/ffmpeg/encoder-table.ts";
import { type PlanOptions, planProcess } from "../../src/ffmpeg/plan.ts";
import {
  deinterlacing,
  hasFilters,
  leastSize,
  noFilters,
  sizeAfter,
  sizeBefore,
  timeOverlay,
  type VideoFilters,
} from "../../src/ffmpeg/video-filters.ts";

const webcam: Camera = {
  ...{ alias: "cam0", name: "it", stableId: "it", access: { isAllowed: true }, holders: [] },
  ...{ kind: "camera", demuxer: "v4l2", node: "/dev/video0", physicalId: null, modes: [] },
};
const hd = { width: 1280, height: 720 };
const source = cameraSource(
  webcam,
  { format: "yuyv422", coding: "raw", size: hd, fps: 30, slowestFps: null, copies: false },
  "driver",
);

function planned(filters: Partial<VideoFilters>, more: Partial<PlanOptions> = {}) {
  return planProcess(
    source,
    { video: true, audio: false },
    {
      ...{
        majorVersion: 7,
        encoder: softwareEncoder,
        size: null,
        fps: null,
        bitrateKbps: null,
        gopSeconds: 1,
      },
      ...{ copy: false, baseS: 1_700_000_000, filters: { ...noFilters, ...filters }, ...more },
    },
  );
}

const CAMERA =
  "crop=trunc(iw/2)*2:trunc(ih/2)*2,setparams=range=tv:colorspace=smpte170m:color_primaries=bt709:color_trc=bt709";

describe("what is done to the video", () => {
  it.each<[string, Partial<VideoFilters>, Partial<PlanOptions>, string]>([
    ["a quarter turn", { rotate: 90 }, {}, "transpose=clock"],
    ["half a turn", { rotate: 180 }, {}, "hflip,vflip"],
    ["a quarter turn back", { rotate: 270 }, {}, "transpose=cclock"],
    ["a mirror", { flip: "horizontal" }, {}, "hflip"],
    ["upside down", { flip: "vertical" }, {}, "vflip"],
    ["the middle", { crop: { width: 640, height: 480, at: null } }, {}, "crop=640:480"],
    ["a part", { crop: { width: 640, height: 480, at: { x: 100, y: 0 } } }, {}, "crop=640:480:100:0"],
    ["the user's own", { videoFilter: "hqdn3d,eq=brightness=0.1" }, {}, "hqdn3d,eq=brightness=0.1"],
    [
      "all, in order, and then the size, the rate and the time",
      {
        ...{ rotate: 90, flip: "vertical", crop: { width: 720, height: 720, at: null } },
        ...{ videoFilter: "hue=s=0", overlayTime: true },
      },
      { size: { width: 360, height: 360 }, fps: 15, timeOverlay: timeOverlay(null) },
      "transpose=clock,vflip,crop=720:720,hue=s=0,scale=360:360,fps=15," +
        "drawtext=text='%{localtime}':x=h/45:y=h/45:fontsize='max(h/24,14)':fontcolor=white:box=1:boxcolor=black@0.5:boxborderw=4",
    ],
    [
      "a turn to the size that comes of it by itself",
      { rotate: 90 },
      { size: { width: 720, height: 1280 } },
      "transpose=clock",
    ],
    ["the user's own, to a size", { videoFilter: "hqdn3d" }, { size: hd }, "hqdn3d,scale=1280:720"],
  ])("is %s", (_, filters, more, expected) => {
    const { args } = planned(filters, more);
    expect(args[args.indexOf("-vf") + 1]).toBe(`${CAMERA},${expected}`);
  });

  it("is followed by a width that the encoder does not garble", () => {
    const encoder = { ...softwareEncoder, widthStep: 64 };
    const { args } = planned({ rotate: 90 }, { encoder, timeOverlay: timeOverlay(null) });
    expect(args[args.indexOf("-vf") + 1]).toBe(
      `${CAMERA},transpose=clock,${timeOverlay(null)},scale=trunc(iw/64)*64:ih`,
    );
  });

  it("counts for the bit rate", () => {
    expect(planned({}).video?.bitrateKbps).toBe(2500);
    expect(planned({ crop: { width: 640, height: 360, at: null } }).video?.bitrateKbps).toBe(900);
  });
});

it.each([
  ["auto", false, []],
  ["auto", true, ["bwdif=mode=send_frame:deint=interlaced"]],
  ["on", false, ["bwdif=mode=send_frame:deint=all"]],
  ["off", true, []],
] as const)("--deinterlace %s, of an input that says it has fields: %s", (when, isInterlaced, filters) => {
  expect(deinterlacing(when, isInterlaced)).toEqual(filters);
});

it.each<[Partial<VideoFilters>, boolean]>([
  [{}, false],
  [{ deinterlace: "auto" }, false],
  [{ deinterlace: "off" }, false],
  [{ deinterlace: "on" }, true],
  [{ rotate: 90 }, true],
  [{ flip: "vertical" }, true],
  [{ crop: { width: 2, height: 2, at: null } }, true],
  [{ videoFilter: "hqdn3d" }, true],
  [{ overlayTime: true }, true],
])("%j takes an encoder, whatever the input: %s", (filters, takesOne) => {
  expect(hasFilters({ ...noFilters, ...filters })).toBe(takesOne);
});

describe("sizes", () => {
  it("turn with the video", () => {
    expect(sizeAfter(hd, { ...noFilters, rotate: 270 })).toEqual({ width: 720, height: 1280 });
    expect(sizeAfter(hd, { ...noFilters, rotate: 180 })).toEqual(hd);
    const upright = { width: 720, height: 1280 };
    expect(sizeBefore(upright, { ...noFilters, rotate: 90 })).toEqual(hd);
    expect(sizeBefore(upright, { ...noFilters, rotate: 180 })).toEqual(upright);
    expect(sizeBefore(upright, noFilters)).toEqual(upright);
    expect(sizeBefore(null, { ...noFilters, rotate: 90 })).toBeNull();
    expect(leastSize({ ...noFilters, rotate: 90 })).toBeNull();
  });

  it("are a crop's, which must lie within the video", () => {
    const crop = { width: 640, height: 480, at: { x: 700, y: 0 } };
    expect(leastSize({ ...noFilters, crop, rotate: 90 })).toEqual({ width: 480, height: 1340 });
    expect(sizeAfter({ width: 1920, height: 1080 }, { ...noFilters, crop })).toEqual({
      width: 640,
      height: 480,
    });
    const whole = { width: 1280, height: 720, at: { x: 0, y: 0 } };
    expect(sizeAfter(hd, { ...noFilters, crop: whole })).toEqual(hd);
    for (const at of [
      { x: 1, y: 0 },
      { x: 0, y: 1 },
    ])
      expect(() => sizeAfter(hd, { ...noFilters, crop: { ...whole, at } })).toThrow(/does not fit/);
    expect(sizeAfter(null, { ...noFilters, crop: whole })).toEqual(hd);
    expect(() => sizeAfter(hd, { ...noFilters, rotate: 90, crop: { ...whole, at: null } })).toThrow(
      "--crop 1280x720 does not fit into 720x1280; choose a smaller area",
    );
    expect(() => sizeAfter(hd, { ...noFilters, crop })).toThrow(
      "--crop 640x480+700+0 does not fit into 1280x720; choose a smaller area",
    );
  });

  it("are not known behind a filter of the user's own", () => {
    expect(sizeAfter(hd, { ...noFilters, videoFilter: "scale=iw/2:-2" })).toBeNull();
  });
});
