import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Mode } from "../../../src/devices/device.ts";
import { type DshowEntry, parseDshowListing, parseDshowModes } from "../../../src/devices/platform/dshow.ts";
import { ownLines } from "../../../src/devices/platform/ffmpeg-listing.ts";
import { c920Modes, colouredModes, headers, oldest, suffixes, twoPrefixes } from "./windows-listings.ts";

const listed = (text: string) => parseDshowListing(ownLines(text));
const sending = (entries: readonly DshowEntry[]) => entries.map(({ name, sends }) => [name, sends.join(" ")]);

describe("a listing of dshow", () => {
  test("with headers says by them what a device sends", () => {
    expect(sending(listed(headers))).toEqual([
      ["USB 2861 Device", "video"],
      ["FaceTime HD Camera", "video"],
      ["Headset Microphone (Cirrus Logic CS4208 (AB 94))", "audio"],
    ]);
  });

  test("has the device's path below its name", () => {
    expect(listed(headers)[1]?.alternativeName).toBe(
      String.raw`@device_pnp_\\?\pci#ven_14e4&dev_1570&subsys_157014e4&rev_00#000000ffff00000000#{65e8773d-8f56-11d0-a3b9-00a0c9223196}\global`,
    );
    expect(listed(oldest).map(({ alternativeName }) => alternativeName)).toEqual([null, null, null, null]);
  });

  test("with suffixes says there what a device sends, and by its category where nobody uses it yet", () => {
    expect(sending(listed(suffixes))).toEqual([
      ["HD Pro Webcam C920", "video"],
      ["OBS Virtual Camera", "video"],
      ["Game Capture HD60 S", "video audio"],
      ["Microphone (HD Pro Webcam C920)", "audio"],
      ["Stereo Mix (Realtek(R) Audio)", "audio"],
    ]);
  });

  test("is read whatever stands before its lines", () => {
    expect(sending(listed(twoPrefixes))).toEqual([
      ["screen-capture-recorder", "video"],
      ["virtual-audio-capturer", "audio"],
    ]);
  });

  test("keeps quotes in names", () => {
    expect(sending(listed('[dshow @ 0001] "The "best" camera" (video)'))).toEqual([
      ['The "best" camera', "video"],
    ]);
  });
});

describe("a camera's modes in dshow", () => {
  test("have a range of rates, and each stands once", () => {
    expect(parseDshowModes(ownLines(c920Modes))).toEqual([
      {
        format: "yuyv422",
        coding: "raw",
        sizes: { kind: "discrete", width: 640, height: 480 },
        rates: { kind: "range", minFps: 5, maxFps: 30 },
      },
      {
        format: "yuyv422",
        coding: "raw",
        sizes: { kind: "discrete", width: 160, height: 90 },
        rates: { kind: "range", minFps: 5, maxFps: 30 },
      },
    ]);
  });

  test("have colours behind them since ffmpeg 5", () => {
    expect(parseDshowModes(ownLines(colouredModes))).toEqual([
      {
        format: "mjpeg",
        coding: "mjpeg",
        sizes: { kind: "discrete", width: 640, height: 480 },
        rates: { kind: "discrete", fps: [30] },
      },
      {
        format: "mjpeg",
        coding: "mjpeg",
        sizes: { kind: "discrete", width: 160, height: 120 },
        rates: { kind: "discrete", fps: [30] },
      },
    ]);
  });

  test.each<[line: string, mode: object]>([
    ["  vcodec=h264  min s=1920x1080 fps=30 max s=1920x1080 fps=30", { format: "h264", coding: "h264" }],
    ["  vcodec=hevc  min s=1920x1080 fps=30 max s=1920x1080 fps=30", { format: "hevc", coding: "other" }],
    [
      "  pixel_format=nv12  min s=320x180 fps=1 max s=1920x1080 fps=60.0002",
      {
        sizes: {
          kind: "stepwise",
          min: { width: 320, height: 180 },
          max: { width: 1920, height: 1080 },
          step: { width: 1, height: 1 },
        },
        rates: { kind: "range", minFps: 1, maxFps: 60 },
      },
    ],
    ["  pixel_format=nv12  min s=320x180 fps=inf max s=320x180 fps=inf", { rates: { kind: "unknown" } }],
    [
      "  pixel_format=nv12  min s=320x180 fps=30 max s=320x180 fps=5",
      { rates: { kind: "range", minFps: 5, maxFps: 30 } },
    ],
  ])("%j", (line, mode) => {
    expect(parseDshowModes([line])).toMatchObject([mode]);
  });

  test("are not those that ffmpeg has no name for, nor a microphone's", () => {
    expect(
      parseDshowModes([
        "  unknown compression type 0x30323449  min s=640x480 fps=30 max s=640x480 fps=30",
        "  min ch=1 bits=8 rate= 11025 max ch=2 bits=16 rate= 44100",
      ]),
    ).toEqual([]);
  });
});

test("whatever is written, it is read without an error", () => {
  const pieces = [
    "DirectShow video devices",
    ' "A"',
    '"B" (audio)',
    '    Alternative name "@"',
    '"" (video)',
    '"C" (none)',
  ];
  const listing = fc.array(fc.oneof(fc.constantFrom(...pieces), fc.string({ unit: "binary" })));
  const mode = fc
    .tuple(fc.string(), fc.nat(), fc.float(), fc.float())
    .map(
      ([format, side, min, max]) =>
        `  vcodec=${format}  min s=${side}x1 fps=${min} max s=${side}x2 fps=${max}`,
    );
  fc.assert(
    fc.property(listing, fc.array(mode), (lines, modes) => {
      const texts = parseDshowListing(lines).flatMap((one) => [one.name, one.alternativeName ?? ""]);
      expect(texts.filter((text) => !lines.some((line) => line.includes(text)))).toEqual([]);
      const rates = parseDshowModes(modes).flatMap((one) => ratesIn(one.rates));
      expect(rates.every((fps) => Number.isFinite(fps) && fps >= 0)).toBe(true);
    }),
  );
});

function ratesIn(rates: Mode["rates"]): readonly number[] {
  switch (rates.kind) {
    case "discrete":
      return rates.fps;
    case "range":
      return [rates.minFps, rates.maxFps];
    case "unknown":
      return [];
  }
}
