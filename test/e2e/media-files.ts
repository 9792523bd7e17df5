import { mustRun } from "../run.ts";
import type { Folder } from "./folder.ts";

const picture = (size = "320x240", seconds = 2) => [
  "-f",
  "lavfi",
  "-i",
  `testsrc2=s=${size}:r=25:d=${seconds}`,
];
const sound = (seconds = 2) => ["-f", "lavfi", "-i", `sine=r=48000:d=${seconds}`, "-ac", "2"];
const h264 = ["-c:v", "libx264", "-preset", "superfast", "-bf", "0", "-g", "25", "-pix_fmt", "yuv420p"];
const aac = ["-c:a", "aac", "-b:a", "96k"];

/** Small media of every sort, two seconds each, by name: what ffmpeg is told to make them. */
const recipes = {
  /** H.264 without B-frames, and AAC. */
  "film.mp4": [...picture(), ...sound(), ...h264, ...aac],
  /** The same with Annex B and ADTS. */
  "film.ts": [...picture(), ...sound(), ...h264, ...aac, "-f", "mpegts"],
  "reordered.mp4": [...picture(), ...h264, "-preset", "medium", "-bf", "2"],
  /** A small video and a larger one. */
  "two-videos.ts": [
    ...["-f", "lavfi", "-i", "testsrc2=s=160x120:r=25:d=2", ...picture()],
    ...["-map", "0", "-map", "1", ...h264, "-f", "mpegts"],
  ],
  "still.jpg": [...picture(), "-frames:v", "1", "-pix_fmt", "yuvj420p"],
  "still.png": [...picture(), "-frames:v", "1"],
  "silent.mp4": [...picture(), ...h264],
  "cover.mp3": [
    ...sound(),
    ...["-f", "lavfi", "-i", "color=red:s=64x64:r=1:d=1", "-map", "0:a", "-map", "1:v"],
    ...["-c:v", "mjpeg", "-disposition:v", "attached_pic"],
  ],
  "odd.mkv": [...picture("321x241"), "-c:v", "mjpeg", "-pix_fmt", "yuvj444p"],
  /** Ten pictures a second, then thirty. */
  "varying.mkv": [
    ...["-f", "lavfi", "-i", "testsrc2=s=320x240:r=30:d=2"],
    ...["-vf", "select='gte(t,1)+not(mod(n,3))'", "-fps_mode", "passthrough", ...h264],
  ],
  /** For a shell and for ffmpeg's own syntax. */
  "it's 50% a: film.mp4": [...picture(), ...sound(), ...h264, ...aac],
} as const;

export type MediaName = keyof typeof recipes;

/** Makes all of them. */
export async function makeMedia(folder: Folder): Promise<(name: MediaName) => string> {
  for (const [name, recipe] of Object.entries(recipes)) {
    await mustRun(["ffmpeg", "-nostdin", "-v", "error", ...recipe, `file:${folder.file(name)}`]);
  }
  return (name) => folder.file(name);
}
