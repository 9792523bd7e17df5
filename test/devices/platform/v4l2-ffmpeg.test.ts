import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseV4l2Ctl } from "../../../src/devices/platform/v4l2-ctl.ts";
import { parseV4l2Listing } from "../../../src/devices/platform/v4l2-ffmpeg.ts";
import { FFMPEG_VERSIONS, recorded } from "./recorded.ts";

describe.each(FFMPEG_VERSIONS)("ffmpeg %s", (version) => {
  const listed = (name: string) => parseV4l2Listing(recorded(`${name}.ffmpeg-${version}`));

  test("vivid's camera has the sizes that v4l2-ctl gives", () => {
    const node = listed("vivid");
    const other = parseV4l2Ctl(recorded("vivid.v4l2-ctl"));
    if (node?.kind !== "capture" || other?.kind !== "capture") throw new Error("no camera");
    const sizesOf = (modes: typeof node.modes, format: string) =>
      modes.filter((mode) => mode.format === format).map(({ sizes }) => sizes);
    for (const format of ["yuyv422", "yuv420p", "nv12"]) {
      expect(sizesOf(node.modes, format)).toEqual(sizesOf(other.modes, format));
      expect(sizesOf(node.modes, format)).toHaveLength(6);
    }
    expect(node.modes.some(({ format }) => format === "Unsupported")).toBe(false);
    expect(node.modes.every(({ coding, rates }) => coding === "raw" && rates.kind === "unknown")).toBe(true);
  });

  test("a v4l2loopback that is fed sends Motion-JPEG", () => {
    expect(listed("loopback-fed")).toEqual({
      kind: "capture",
      modes: [
        {
          format: "mjpeg",
          coding: "mjpeg",
          sizes: { kind: "discrete", width: 640, height: 480 },
          rates: { kind: "unknown" },
        },
      ],
    });
  });

  test.each([
    ["metadata", "other"],
    ["m2m", "output"],
    ["output", "output"],
    ["loopback-unfed", "output"],
  ])("%s is no camera", (name, kind) => {
    expect(listed(name)).toEqual({ kind });
  });
});

test("a camera that takes any even size says so once a format, emulated or not", () => {
  const node = parseV4l2Listing(
    [
      "[video4linux2,v4l2 @ 0x1] Raw       :     yuv420p :     Planar YUV 4:2:0 : {32-2592, 2}x{32-1944, 2}",
      "[video4linux2,v4l2 @ 0x1] Compressed:        h264 :                H.264 : Emulated : {32-2592, 2}x{32-1944, 2}",
      "[video4linux2,v4l2 @ 0x1] Compressed: Unsupported :                 HEVC : 1920x1080",
    ].join("\n"),
  );
  const sizes = {
    kind: "stepwise",
    min: { width: 32, height: 32 },
    max: { width: 2592, height: 1944 },
    step: { width: 2, height: 2 },
  };
  expect(node).toEqual({
    kind: "capture",
    modes: [
      { format: "yuv420p", coding: "raw", sizes, rates: { kind: "unknown" } },
      { format: "h264", coding: "h264", sizes, rates: { kind: "unknown" } },
    ],
  });
});

test("a node that ffmpeg could not open is not told about", () => {
  expect(
    parseV4l2Listing("[video4linux2,v4l2 @ 0x1] Cannot open video device /dev/video0: Permission denied\n"),
  ).toBeNull();
});

test("no text makes it throw", () => {
  const words = ["Raw       : ", "Compressed: ", "mjpeg :", " x : ", " 1x1", "{1-2, 3}x{4-5, 6}", "\n"];
  const text = fc.array(fc.oneof(fc.constantFrom(...words), fc.string({ maxLength: 8 })), { maxLength: 40 });
  fc.assert(
    fc.property(text, (parts) => {
      expect(parseV4l2Listing(parts.join(""))).not.toBeUndefined();
    }),
  );
});
