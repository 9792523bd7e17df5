import { UserError } from "../failure.ts";
import { EVEN_CROP, RGB_TO_BT709 } from "./picture.ts";
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
    video: {
      map: "0:v:0",
      codec: "rawvideo",
      filters: [EVEN_CROP, RGB_TO_BT709],
      colorMatrix: "bt709",
      size: null,
      fps: rate,
    },
    audio: null,
    clock: "epoch",
  };
}
