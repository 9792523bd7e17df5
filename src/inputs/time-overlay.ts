import { UserError } from "../errors.ts";
import type { FfmpegBinary } from "../ffmpeg/find.ts";
import { timeOverlay } from "../ffmpeg/video-filters.ts";
import type { Machine } from "../system/machine.ts";

/** fontconfig looks at every font of the machine the first time. */
const TIMEOUT_MS = 10_000;

/** Where fontconfig finds none, or ffmpeg was built without it: what systems have. */
const FONT_FILES: Readonly<Partial<Record<NodeJS.Platform, readonly string[]>>> = {
  linux: [
    "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf",
    "/usr/share/fonts/truetype/liberation/LiberationSans-Regular.ttf",
    "/usr/share/fonts/dejavu-sans-fonts/DejaVuSans.ttf",
    "/usr/share/fonts/TTF/DejaVuSans.ttf",
    "/usr/share/fonts/dejavu/DejaVuSans.ttf",
  ],
  darwin: ["/System/Library/Fonts/Helvetica.ttc", "/System/Library/Fonts/Supplemental/Arial.ttf"],
  win32: ["C:/Windows/Fonts/arial.ttf"],
};

/**
 * The filter that draws the time, with a font that this ffmpeg can draw with: found by drawing.
 * @throws UserError where it cannot draw, or there is no font
 */
export async function findTimeOverlay(ffmpeg: Pick<FfmpegBinary, "path">, machine: Machine): Promise<string> {
  for (const font of [null, ...(FONT_FILES[machine.platform] ?? [])]) {
    if (font !== null && (await machine.realpath(font)) === null) continue;
    const filter = timeOverlay(font);
    const ran = await machine.run(ffmpeg.path, drawArguments(filter), { timeoutMs: TIMEOUT_MS });
    if (ran?.code === 0) return filter;
    if (ran && /No such filter|Filter not found/.test(ran.stderr)) {
      throw new UserError(
        "noFfmpeg",
        `--overlay-time needs ffmpeg's drawtext filter, which ${ffmpeg.path} lacks; use another ffmpeg with --ffmpeg`,
      );
    }
  }
  throw new UserError(
    "noFfmpeg",
    "--overlay-time needs a font, and ffmpeg found none; install one, such as the package fonts-dejavu-core",
  );
}

/** One small picture, drawn on. */
export const drawArguments = (filter: string): readonly string[] => [
  ...["-hide_banner", "-nostdin", "-loglevel", "error"],
  ...["-f", "lavfi", "-i", "color=size=320x180:duration=0.1"],
  ...["-vf", filter, "-frames:v", "1", "-f", "null", "-"],
];
