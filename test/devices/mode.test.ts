import { describe, expect, it } from "vitest";
import type { Mode } from "../../src/devices/device.ts";
import { chooseMode, type ModeRequest } from "../../src/devices/mode.ts";

function mode(format: string, size: string, ...fps: number[]): Mode {
  const [width = 0, height = 0] = size.split("x").map(Number);
  const coding = format === "mjpeg" || format === "h264" ? format : "raw";
  return {
    ...{ format, coding, sizes: { kind: "discrete", width, height } },
    rates: fps.length > 0 ? { kind: "discrete", fps } : { kind: "unknown" },
  };
}

/** v4l2-ctl --list-formats-ext of a Logitech C920 of the first years, the one with an H.264 encoder. */
const c920 = [
  mode("yuyv422", "640x480", 30, 24, 15),
  mode("yuyv422", "1280x720", 10, 7.5, 5),
  mode("yuyv422", "1920x1080", 5),
  mode("h264", "640x480", 30, 24, 15),
  mode("h264", "1280x720", 30, 24, 15),
  mode("h264", "1920x1080", 30, 24, 15),
  mode("mjpeg", "640x480", 30, 24, 15),
  mode("mjpeg", "1280x720", 30, 24, 15),
  mode("mjpeg", "1920x1080", 30, 24, 15),
];
const withoutH264 = c920.filter(({ coding }) => coding !== "h264");

const request: ModeRequest = { size: null, fps: null, inputFormat: null, mayCopy: true };
const size = (text: string) => {
  const [width = 0, height = 0] = text.split("x").map(Number);
  return { width, height };
};

/** `mjpeg 1280x720@30`, with a star where its H.264 goes out as it is. */
function chosen(modes: readonly Mode[], wanted: Partial<ModeRequest>): string | null {
  const best = chooseMode(modes, { ...request, ...wanted });
  if (best === null) return null;
  const [picture, rate] = [best.size ? `${best.size.width}x${best.size.height}` : "-", best.fps ?? "-"];
  return `${best.format ?? "-"} ${picture}@${rate}${best.copies ? " *" : ""}`;
}

describe("the mode that a camera is opened in", () => {
  it.each<[string, readonly Mode[], Partial<ModeRequest>, string | null]>([
    ["its own H.264, copied", c920, {}, "h264 1280x720@30 *"],
    ["MJPEG where raw is too slow", c920, { mayCopy: false }, "mjpeg 1280x720@30"],
    ["MJPEG where there is no H.264", withoutH264, {}, "mjpeg 1280x720@30"],
    ["raw where raw is fast enough", withoutH264, { size: size("640x480") }, "yuyv422 640x480@30"],
    ["raw where a low rate is enough", withoutH264, { fps: 10 }, "yuyv422 1280x720@10"],
    ["H.264 in the size asked for", c920, { size: size("1920x1080") }, "h264 1920x1080@30 *"],
    ["H.264 in the rate asked for", c920, { fps: 15 }, "h264 1280x720@15 *"],
    ["H.264 of a rate it has not is thinned out, so not copied", c920, { fps: 20 }, "mjpeg 1280x720@24"],
    [
      "H.264 of a size it has not is scaled, so not copied",
      c920,
      { size: size("960x540") },
      "mjpeg 1280x720@30",
    ],
    ["the format asked for", c920, { inputFormat: "yuyv422" }, "yuyv422 640x480@30"],
    [
      "the format asked for, in the size asked for",
      c920,
      { inputFormat: "yuyv422", size: size("1280x720") },
      "yuyv422 1280x720@10",
    ],
    ["the H.264 asked for, re-encoded", c920, { inputFormat: "h264", mayCopy: false }, "h264 1280x720@30"],
    ["none of a format that it has not", c920, { inputFormat: "nv12" }, null],
    [
      "29.97 is 30",
      [mode("mjpeg", "1280x720", 30000 / 1001)],
      { fps: 30 },
      "mjpeg 1280x720@29.97002997002997",
    ],
    [
      "what there is, where all is small",
      [mode("yuyv422", "320x240", 30), mode("yuyv422", "160x120", 30)],
      {},
      "yuyv422 320x240@30",
    ],
    [
      "what there is, where all is big",
      [mode("mjpeg", "3840x2160", 30), mode("mjpeg", "1920x1080", 30)],
      {},
      "mjpeg 1920x1080@30",
    ],
    [
      "MJPEG where the driver tells no rates and raw is too much for its cable",
      [mode("yuyv422", "1280x720"), mode("mjpeg", "1280x720")],
      {},
      "mjpeg 1280x720@30",
    ],
    [
      "raw where the driver tells no rates and raw is little",
      [mode("yuyv422", "640x480"), mode("mjpeg", "640x480")],
      {},
      "yuyv422 640x480@30",
    ],
    [
      "what ffmpeg makes of it, where nothing is told",
      [],
      { size: size("640x480"), fps: 25 },
      "- 640x480@25",
    ],
    ["nothing of it, where nothing is told and nothing asked", [], {}, "- -@-"],
  ])("%s", (_, modes, wanted, expected) => {
    expect(chosen(modes, wanted)).toBe(expected);
  });

  it.each<[string, readonly Mode[], Partial<ModeRequest>, number | null]>([
    ["of its format and size", c920, { inputFormat: "yuyv422", size: size("1280x720") }, 5],
    ["of another format", c920, { inputFormat: "mjpeg", size: size("1280x720") }, 15],
    ["not told by the driver", [mode("mjpeg", "1280x720")], {}, null],
    ["not told by anyone", [], {}, null],
    [
      "of a range",
      [{ ...mode("mjpeg", "1280x720"), rates: { kind: "range", minFps: 5, maxFps: 30 } }],
      {},
      5,
    ],
  ])("tells the slowest rate: %s", (_, modes, wanted, expected) => {
    expect(chooseMode(modes, { ...request, ...wanted })?.slowestFps).toBe(expected);
  });

  it("of any size is the size asked for, to the driver's step", () => {
    const sizes = {
      kind: "stepwise",
      min: size("32x32"),
      max: size("2592x1944"),
      step: size("2x2"),
    } as const;
    const any: Mode = {
      format: "yuv420p",
      coding: "raw",
      sizes,
      rates: { kind: "range", minFps: 1, maxFps: 90 },
    };
    expect(chosen([any], {})).toBe("yuv420p 1280x720@30");
    expect(chosen([any], { size: size("4000x3000"), fps: 120 })).toBe("yuv420p 2592x1944@90");
    expect(chosen([{ ...any, rates: { kind: "unknown" } }], { size: size("640x480"), fps: 25 })).toBe(
      "yuv420p 640x480@25",
    );
  });
});
