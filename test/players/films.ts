import { findFfmpegs } from "../e2e/ffmpegs.ts";
import { footageFile, made } from "./footage.ts";

/** Longer than any player takes from its start to its end. */
const LENGTH_S = 45;
export const FILM_FPS = 25;

const picture = ["-vf", "scale=480:360,fps=25", "-pix_fmt", "yuv420p", "-g", "25"];
const x264 = [...picture, "-c:v", "libx264", "-preset", "superfast"];
const x265 = (bFrames: number) => [
  ...[...picture, "-c:v", "libx265", "-preset", "ultrafast", "-b:v", "500k"],
  ...["-x265-params", `log-level=error:keyint=25:bframes=${bFrames}`],
];
const svt = [...picture, "-c:v", "libsvtav1", "-preset", "12", "-b:v", "500k"];
const opus = ["-c:a", "libopus", "-b:a", "64k"];
const g711 = ["-ac", "1", "-ar", "8000", "-af", "asetnsamples=n=160:p=0"];

const videos = {
  h264: [...x264, "-bf", "0"],
  "h264-b": [...x264, "-bf", "3", "-b_strategy", "0"],
  hevc: x265(0),
  "hevc-b": x265(3),
  "av1-aom": [...picture, "-c:v", "libaom-av1", "-usage", "realtime", "-cpu-used", "8", "-b:v", "500k"],
  "av1-svt": svt,
  "av1-svt-newest": svt,
} as const;

const audios = {
  aac: ["-c:a", "aac"],
  "aac-5.1": ["-c:a", "aac", "-af", "aformat=channel_layouts=5.1"],
  opus: opus,
  "opus-10ms": [...opus, "-frame_duration", "10"],
  "opus-5.1": [...opus, "-af", "aformat=channel_layouts=5.1", "-mapping_family", "1"],
  mp3: ["-ar", "44100", "-c:a", "libmp3lame"],
  "a-law": [...g711, "-c:a", "pcm_alaw"],
  "mu-law": [...g711, "-c:a", "pcm_mulaw"],
} as const;

export type FilmVideo = keyof typeof videos;
export type FilmAudio = keyof typeof audios;

/** Footage with these tracks, in a file that holds both. */
export async function film(
  video: FilmVideo,
  audio: FilmAudio,
  container: "mp4" | "ts" | "mkv",
): Promise<string> {
  const newest = findFfmpegs().find((path) => path.includes("/sid/")) ?? "ffmpeg";
  return await made(
    `${video}-${audio}-${LENGTH_S}s.${container}`,
    async (path) => [
      ...["-i", await footageFile(), "-t", `${LENGTH_S}`, "-fps_mode", "cfr"],
      ...[...videos[video], ...audios[audio], path],
    ],
    video === "av1-svt-newest" ? newest : "ffmpeg",
  );
}
