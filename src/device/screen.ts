import { UserError } from "../failure.ts";
import type { Source } from "./source.ts";

const DEFAULT_FPS = 30;

/** The whole X11 screen of `display`, with its pointer. Its timestamps are wall-clock time. */
export function screenSource(display: string | undefined, fps: number | null): Source {
  if (!display) {
    throw new UserError(
      "deviceAbsent",
      "--device screen needs an X11 screen, and $DISPLAY is not set: set it first, for example DISPLAY=:0",
    );
  }
  const rate = fps ?? DEFAULT_FPS;
  return {
    label: `screen ${display}`,
    inputOptions: ["-probesize", "32", "-analyzeduration", "0", "-f", "x11grab", "-framerate", String(rate)],
    url: display,
    video: { map: "0:v:0", codec: "rawvideo", filters: [EVEN_CROP], size: null, fps: rate },
    audio: null,
    clock: "epoch",
  };
}

/** 4:2:0 pictures have even sides: an odd screen or film loses its last row or column. */
export const EVEN_CROP = "crop=trunc(iw/2)*2:trunc(ih/2)*2";
