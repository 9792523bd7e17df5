import { UserError } from "../errors.ts";
import type { Screen } from "./device.ts";
import { EVEN_CROP, RGB_TO_BT709 } from "./picture.ts";
import type { Source } from "./source.ts";
import { unlistedScreen } from "./unlisted.ts";

const DEFAULT_FPS = 30;

/** The whole X11 screen of `display`, without a look at it. @throws UserError where there is no display */
export function displayScreen(display: string | undefined): Screen {
  if (!display) {
    throw new UserError(
      "deviceAbsent",
      "--device screen needs an X11 display, but DISPLAY is not set; set it first, e.g. DISPLAY=:0",
    );
  }
  return { ...unlistedScreen(display), alias: `screen ${display}` };
}

/** How ffmpeg is told to capture a screen, with its pointer. */
export function screenSource(screen: Screen, fps: number | null): Source {
  const rate = fps ?? DEFAULT_FPS;
  return {
    label: screen.alias,
    device: screen,
    hasEnd: false,
    inputOptions: inputOptions(screen, String(rate)),
    url: screen.node,
    clock: screen.demuxer === "avfoundation" ? "live" : "epoch",
    video: {
      map: "0:v:0",
      codec: "rawvideo",
      passesThrough: false,
      filters: [EVEN_CROP, RGB_TO_BT709],
      colorMatrix: "bt709",
      size: screen.area,
      fps: rate,
      slowestFps: null,
    },
    audio: null,
  };
}

function inputOptions({ demuxer, area }: Screen, rate: string): readonly string[] {
  const size = area === null ? [] : ["-video_size", `${area.width}x${area.height}`];
  switch (demuxer) {
    case "x11grab":
      return [
        ...["-probesize", "32", "-analyzeduration", "0", "-f", "x11grab", "-framerate", rate, ...size],
        ...(area === null ? [] : ["-grab_x", String(area.x), "-grab_y", String(area.y)]),
      ];
    case "avfoundation":
      return ["-f", "avfoundation", "-pixel_format", "bgr0", "-capture_cursor", "1", "-framerate", rate];
    case "gdigrab":
      return [
        ...["-f", "gdigrab", "-framerate", rate, ...size],
        ...(area === null ? [] : ["-offset_x", String(area.x), "-offset_y", String(area.y)]),
      ];
  }
}
