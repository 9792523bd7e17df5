import type { Camera } from "./device.ts";
import type { ChosenMode } from "./mode.ts";
import { type ColorMatrix, colorFilter, EVEN_CROP, gpuFittingFilters, RGB_TO_BT709 } from "./picture.ts";
import type { Source } from "./source.ts";

/** Whose clock stamps a camera's pictures: its driver, or ffmpeg as they arrive. */
export type StampedBy = "driver" | "arrival";

export function cameraSource(camera: Camera, mode: ChosenMode, stampedBy: StampedBy): Source {
  return {
    label: camera.alias,
    device: camera,
    hasEnd: false,
    inputOptions: inputOptions(camera, mode, stampedBy),
    url: camera.node,
    clock: camera.demuxer === "v4l2" ? "epoch" : "live",
    video: {
      map: "0:v:0",
      codec: mode.coding === "raw" || mode.coding === "other" ? "rawvideo" : mode.coding,
      passesThrough: mode.copies,
      ...colors(mode),
      size: mode.size,
      fps: mode.fps,
      slowestFps: mode.slowestFps,
    },
    audio: null,
  };
}

function inputOptions({ demuxer }: Camera, mode: ChosenMode, stampedBy: StampedBy): readonly string[] {
  const shape = [
    ...(mode.size === null ? [] : ["-video_size", `${mode.size.width}x${mode.size.height}`]),
    ...(mode.fps === null ? [] : ["-framerate", rateText(mode.fps)]),
  ];
  switch (demuxer) {
    case "v4l2":
      return [
        ...v4l2Start(mode),
        ...(stampedBy === "arrival" ? ["-use_wallclock_as_timestamps", "1"] : []),
        ...["-f", "v4l2", ...(stampedBy === "driver" ? ["-timestamps", "abs"] : [])],
        ...(mode.format === null ? [] : ["-input_format", mode.format]),
        ...shape,
      ];
    case "avfoundation": // by itself it asks for yuv420p, which few cameras have, and 29.97, which many refuse
      return [
        ...["-f", "avfoundation", "-pixel_format", "nv12"],
        ...(mode.fps === null ? ["-framerate", "30"] : []),
        ...shape,
      ];
    case "dshow":
      return ["-f", "dshow", "-rtbufsize", "64M", ...dshowFormat(mode), ...shape];
  }
}

/**
 * Raw and MJPEG need no look ahead: without this, ffmpeg 9 reads for a second and a half before the first picture.
 * H.264 begins with what tells its size and profile.
 */
function v4l2Start({ coding }: ChosenMode): readonly string[] {
  const queue = ["-thread_queue_size", "8"]; // an encoder that cannot keep up is behind by all that waits
  return coding === "h264" ? queue : ["-probesize", "32", "-analyzeduration", "0", ...queue];
}

function dshowFormat({ coding, format }: ChosenMode): readonly string[] {
  if (format === null) return [];
  return coding === "raw" ? ["-pixel_format", format] : ["-vcodec", format];
}

/** `30000/1001` where that is meant: drivers compare fractions. */
function rateText(fps: number): string {
  if (Number.isInteger(fps)) return String(fps);
  const ntsc = Math.round(fps * 1.001);
  return Math.abs((ntsc * 1000) / 1001 - fps) < 0.005 ? `${ntsc * 1000}/1001` : String(fps);
}

/** Cameras send BT.601 colours at any size (USB Video Class 1.5, 3.9.2.6: the default); MJPEG's are of full range. */
function colors({ coding, format, size }: ChosenMode): {
  readonly filters: readonly string[];
  readonly gpuFilters?: readonly string[];
  readonly colorMatrix: ColorMatrix;
} {
  if (/^(0?rgb|0?bgr|argb|abgr|gbr)/.test(format ?? "")) {
    return { filters: [EVEN_CROP, RGB_TO_BT709], colorMatrix: "bt709" };
  }
  const toTvRange = coding === "mjpeg" ? ["scale=out_range=tv", "format=yuv420p"] : [];
  const said = colorFilter("smpte170m");
  const guard = coding === "h264" && size !== null ? gpuFittingFilters(size) : null;
  return {
    filters: [EVEN_CROP, ...toTvRange, said],
    ...(guard === null ? {} : { gpuFilters: [...guard, said] }),
    colorMatrix: "smpte170m",
  };
}
