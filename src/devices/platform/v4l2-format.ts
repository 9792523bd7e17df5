import type { Mode } from "../device.ts";

/** What stands behind a /dev/videoN. */
export type V4l2Node =
  | { readonly kind: "capture"; readonly modes: readonly Mode[] }
  /** It takes pictures in: a v4l2loopback that nobody feeds is this. */
  | { readonly kind: "output" }
  /** Metadata, encoders, decoders. */
  | { readonly kind: "other" };

/**
 * V4L2's FourCC → the name that ffmpeg's `-input_format` takes: libavdevice/v4l2-common.c, as of ffmpeg 5.1.
 * What ffmpeg cannot capture is not here (nv16 and nv24: from 7 on).
 */
const FORMAT_OF_FOURCC: Readonly<Record<string, string>> = {
  YU12: "yuv420p",
  YV12: "yuv420p",
  "422P": "yuv422p",
  YUYV: "yuyv422",
  UYVY: "uyvy422",
  "411P": "yuv411p",
  YUV9: "yuv410p",
  YVU9: "yuv410p",
  RGBO: "rgb555le",
  RGBQ: "rgb555be",
  RGBP: "rgb565le",
  RGBR: "rgb565be",
  BGR3: "bgr24",
  RGB3: "rgb24",
  BGR4: "bgr0",
  RGB4: "0rgb",
  XR24: "bgr0",
  BX24: "0rgb",
  AR24: "bgra",
  BA24: "argb",
  GREY: "gray",
  "Y16 ": "gray16le",
  NV12: "nv12",
  MJPG: "mjpeg",
  JPEG: "mjpeg",
  H264: "h264",
  CPIA: "cpia",
  BA81: "bayer_bggr8",
  GBRG: "bayer_gbrg8",
  GRBG: "bayer_grbg8",
  RGGB: "bayer_rggb8",
};

export function formatOfFourcc(fourcc: string): string | null {
  return FORMAT_OF_FOURCC[fourcc] ?? null;
}

/** What ffmpeg must do with a format of this name. */
export function codingOf(format: string, isCompressed: boolean): Mode["coding"] {
  if (format === "mjpeg" || format === "h264") return format;
  return isCompressed || format === "cpia" ? "other" : "raw";
}

/** Modes that ffmpeg cannot tell apart are one: YU12 and YV12 are both `yuv420p`, and drivers list a size twice. */
export function distinctModes(modes: readonly Mode[]): readonly Mode[] {
  const distinct = new Map<string, Mode>();
  for (const mode of modes) {
    const key = JSON.stringify([mode.format, mode.sizes]);
    if (!distinct.has(key)) distinct.set(key, mode);
  }
  return [...distinct.values()];
}
