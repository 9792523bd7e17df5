import { writeFileSync } from "node:fs";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { findFfmpegs } from "../e2e/ffmpegs.ts";
import { makeFolder } from "../e2e/folder.ts";
import { type Program, start, stopAll } from "../e2e/program.ts";
import { Publisher, publishUrl, stopPublishers } from "../e2e/publisher.ts";
import { Viewer } from "../e2e/viewer.ts";
import { mustRun } from "../run.ts";
import { freshStateFolder } from "../state-folder.ts";

const folder = makeFolder();
/** The newest there is, with its version: before 8, ffmpeg reads no Opus in FLV, before 6.1 no H.265 and no AV1. */
let newest = { path: "ffmpeg", version: 0 };

const SECONDS = 30;
const picture = ["-f", "lavfi", "-i", `testsrc2=s=160x120:r=25:d=${SECONDS}`];
const sound = (rateHz: number) => ["-f", "lavfi", "-i", `sine=r=${rateHz}:d=${SECONDS}`];
const x264 = (bFrames: number) => [
  ...["-c:v", "libx264", "-preset", "veryfast", "-bf", `${bFrames}`, "-g", "25", "-pix_fmt", "yuv420p"],
];
const x265 = (params: string) => [
  ...["-c:v", "libx265", "-preset", "ultrafast", "-pix_fmt", "yuv420p"],
  ...["-x265-params", `log-level=none:keyint=25:${params}`],
];
const aom = ["-c:v", "libaom-av1", "-usage", "realtime", "-cpu-used", "8", "-g", "25"];
const opus = (packetMs: number) => ["-c:a", "libopus", "-ac", "2", "-frame_duration", `${packetMs}`];
const aac = ["-c:a", "aac", "-ac", "2"];

/** What is made of each: its file, its tracks, and the first ffmpeg that reads it in FLV. */
const films = [
  { name: "H.264 with B-frames, AAC", file: "h264.mp4", coding: [...x264(2), ...aac], since: 0 },
  { name: "H.264, MP3", file: "mp3.mp4", coding: [...x264(0), "-c:a", "libmp3lame", "-ac", "2"], since: 0 },
  {
    name: "H.265 with B-frames, open GOPs and three slices, Opus",
    ...{ file: "hevc.mp4", coding: [...x265("bframes=3:open-gop=1:slices=3"), ...opus(20)], since: 8 },
  },
  { name: "H.265, AAC", file: "camera.ts", coding: [...x265("bframes=0"), ...aac], since: 6.1 },
  { name: "AV1, Opus", file: "av1.mkv", coding: [...aom, ...opus(20)], since: 8 },
  { name: "AV1", file: "av1.ivf", coding: aom, since: 6.1 },
  { name: "Opus of 10 ms", file: "opus-10.mkv", coding: [...x264(0), ...opus(10)], since: 8 },
  { name: "Opus of 60 ms", file: "opus-60.mkv", coding: [...x264(0), ...opus(60)], since: 8 },
] as const;
type Film = (typeof films)[number];

beforeAll(async () => {
  for (const path of findFfmpegs()) {
    const { stdout } = await mustRun([path, "-version"]);
    const version = Number(/^ffmpeg version n?(\d+\.\d+)/.exec(stdout)?.[1] ?? 0);
    if (version > newest.version) newest = { path, version };
  }
  for (const { file, coding } of films) {
    const hasSound = coding.some((word) => word === "-c:a");
    await mustRun([
      ...["ffmpeg", "-nostdin", "-v", "error", ...picture, ...(hasSound ? sound(48_000) : [])],
      ...[...coding, folder.file(file)],
    ]);
  }
}, 300_000);
afterEach(async () => {
  await stopPublishers();
  await stopAll();
});
afterAll(() => folder.remove());

interface Frame {
  readonly dtsMs: number;
  readonly ptsMs: number;
  readonly hash: string;
}

/** What may stand in front of frames, or not: parameter sets, delimiters, the SEI with x265's settings. */
const VIDEO_FILTERS = {
  h264: "h264_mp4toannexb,filter_units=remove_types=7-9",
  hevc: "hevc_mp4toannexb,filter_units=remove_types=32-35|39",
  av1: "filter_units=remove_types=2",
};
type VideoCodec = keyof typeof VIDEO_FILTERS;

/** The frames of a track, as they are coded. */
async function framesOf(path: string, track: "v" | "a", codec: VideoCodec | null): Promise<readonly Frame[]> {
  const filters = codec === null ? audioFilters(path) : ["-bsf:v", VIDEO_FILTERS[codec]];
  const { stdout } = await mustRun([
    ...[newest.path, "-nostdin", "-v", "error", "-copyts", "-i", path, "-map", `0:${track}:0`, "-c", "copy"],
    ...[...filters, "-f", "framemd5", "-"],
  ]);
  const base = /^#tb 0: (\d+)\/(\d+)$/m.exec(stdout);
  const unitMs = (1000 * Number(base?.[1])) / Number(base?.[2]);
  return stdout
    .split("\n")
    .filter((line) => /^\d/.test(line))
    .map((line) => line.split(",").map((field) => field.trim()))
    .map(([, dts, pts, , , hash = ""]) => ({
      dtsMs: Number(dts) * unitMs,
      ptsMs: Number(pts) * unitMs,
      hash,
    }));
}

/** AAC without its ADTS headers. */
function audioFilters(path: string): readonly string[] {
  return path.endsWith(".ts") ? ["-bsf:a", "aac_adtstoasc"] : [];
}

/**
 * That what came is a part of what was sent, without a gap. @returns how many frames of video, and how much later they were
 * at most than at least
 */
async function compared(came: string, { file, coding }: Film) {
  const codec = coding.includes("libx264") ? "h264" : coding.includes("libx265") ? "hevc" : "av1";
  const tracks = coding.some((word) => word === "-c:a") ? (["v", "a"] as const) : (["v"] as const);
  const shifts: number[] = [];
  let frames = 0;
  for (const track of tracks) {
    const all = await framesOf(folder.file(file), track, track === "v" ? codec : null);
    const part = await framesOf(came, track, track === "v" ? codec : null);
    const at = all.findIndex(({ hash }) => hash === part[0]?.hash);
    const sent = all.slice(at, at + part.length);
    expect(part.map(({ hash }) => hash)).toEqual(sent.map(({ hash }) => hash));
    expect(part.length).toBeGreaterThan(0);
    if (track === "v") frames = part.length;
    for (const [n, one] of part.entries())
      shifts.push(one.dtsMs - (sent[n]?.dtsMs ?? 0), one.ptsMs - (sent[n]?.ptsMs ?? 0));
  }
  return { frames, shiftsMs: Math.max(...shifts) - Math.min(...shifts) };
}

function isTooOld({ since }: Film): boolean {
  if (newest.version >= since) return false;
  console.log(`skipped: ffmpeg ${newest.version} does not read it in FLV; ${since} or later does`);
  return true;
}

/** FLV has whole milliseconds, and so may have what comes in. */
const MAX_JITTER_MS = 2;

/** What somebody gets who watches for a while. */
async function watched(program: Program, seconds: number): Promise<string> {
  const viewer = new Viewer(await program.firstLine());
  await viewer.watch(seconds);
  const path = folder.file("watched.flv");
  writeFileSync(path, viewer.bytes);
  return path;
}

describe.each(films)("$name", (film) => {
  const file = folder.file(film.file);

  it("from a file", async () => {
    if (isTooOld(film)) return;
    const { shiftsMs, frames } = await compared(await watched(start(["--device", file, "--copy"]), 4), film);
    expect(frames).toBeGreaterThan(80);
    expect(shiftsMs).toBeLessThanOrEqual(MAX_JITTER_MS);
  }, 60_000);

  it("published, pushed on, and pulled", async () => {
    if (isTooOld(film)) return;
    const env = { RUNTIME_DIRECTORY: freshStateFolder(), STATE_DIRECTORY: freshStateFolder() };
    const second = start(["rtmp", "--name", "second", "--rtmp-port", "0"], { env });
    const push = await publishUrl("second", env);
    const first = start(["rtmp", "--name", "first", "--rtmp-port", "0", "--push", push], { env });
    const url = await publishUrl("first", env);
    const publisher = new Publisher([
      ...[newest.path, "-nostdin", "-v", "error", "-re", "-i", file, "-c", "copy", "-f", "flv", url],
    ]);
    const third = start(["third=" + (await second.firstLine()), "--copy"], { env });
    const came = await watched(third, 2);
    expect(publisher.stderr).toBe("");
    expect(first.stderr).not.toMatch(/damaged|dropped/);
    const { shiftsMs, frames } = await compared(came, film);
    expect(frames).toBeGreaterThan(40);
    expect(shiftsMs).toBeLessThanOrEqual(MAX_JITTER_MS);
  }, 90_000);
});
