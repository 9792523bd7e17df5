import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { webcamFootage } from "../players/footage.ts";
import { mustRun } from "../run.ts";

/** How bright the thirds of the grey films are, from 0 to 255. */
export const greysShown = [40, 128, 216] as const;

const ffmpeg = ["ffmpeg", "-hide_banner", "-nostdin", "-v", "error", "-y"];
const RATE = "10";
const SECONDS = "10";
/** As web cams compress: the brightness in full range, which JPEG knows only. */
const asMjpeg = ["-an", "-c:v", "mjpeg", "-pix_fmt", "yuvj420p", "-q:v", "4", "-t", SECONDS];

/** Makes the films that the guest's virtual cameras show: what real ones send over USB. */
export async function makeFilms(folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const webcam = await footageOrDrawing();
  await mustRun([
    ...ffmpeg,
    ...webcam,
    "-vf",
    `fps=${RATE},scale=640:480`,
    ...asMjpeg,
    join(folder, "webcam.avi"),
  ]);

  const greys = greysShown.map((grey) => ["-f", "lavfi", "-i", `color=${hexGrey(grey)}:s=216x360:r=${RATE}`]);
  // What moves stays in the top tenth, at which nobody looks who judges the greys.
  const moving = ["-f", "lavfi", "-i", `testsrc2=s=648x32:r=${RATE}`];
  const sideBySide = "[0][1][2]hstack=3[greys];[greys][3]overlay,scale=640:360";
  await mustRun(
    [...ffmpeg, ...greys.flat(), ...moving, "-filter_complex", sideBySide].concat([
      ...[...asMjpeg, join(folder, "greys.avi")],
    ]),
  );
  // As a camera with an encoder of its own sends it: no B-frames, parameter sets before each key picture.
  await mustRun(
    [...ffmpeg, "-i", join(folder, "greys.avi"), "-vf", "scale=out_range=tv", "-pix_fmt", "yuv420p"].concat([
      ...["-c:v", "libx264", "-preset", "veryfast", "-tune", "zerolatency", "-profile:v", "main", "-g", RATE],
      ...["-bsf:v", "dump_extra=freq=keyframe", "-f", "mpegts", join(folder, "greys.ts")],
    ]),
  );
}

/** Real footage; a drawing where its package cannot be had, since the tests are about the camera. */
async function footageOrDrawing(): Promise<readonly string[]> {
  try {
    return ["-i", await webcamFootage()];
  } catch (error) {
    console.log(`a drawing instead of real footage: ${String(error).split("\n")[0]}`);
    return ["-f", "lavfi", "-i", `testsrc2=s=640x480:r=${RATE}`];
  }
}

const hexGrey = (grey: number) => `0x${grey.toString(16).padStart(2, "0").repeat(3)}`;
