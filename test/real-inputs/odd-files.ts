import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { mustRun } from "../run.ts";
import { Random } from "../soak/random.ts";

const testsrc = (size: string, seconds: number, rate = 25) => [
  ...["-f", "lavfi", "-i", `testsrc=size=${size}:rate=${rate}:duration=${seconds}`],
];
const sine = (seconds: number) => ["-f", "lavfi", "-i", `sine=d=${seconds}:r=48000`];
const x264 = [
  ...["-c:v", "libx264", "-preset", "veryfast", "-bf", "0", "-g", "25"],
  ...["-pix_fmt", "yuv420p", "-b:v", "40k"],
];
const encoded = [...x264, "-c:a", "aac", "-b:a", "32k"];
const mpegts = ["-f", "mpegts"];

/** Six seconds of MPEG-TS that begin so late. */
const tsFrom = (offsetS: number, size = "160x120") => [
  ...[...testsrc(size, 6), ...sine(6), ...encoded],
  ...["-output_ts_offset", String(offsetS), ...mpegts],
];
const beginning = tsFrom(0);
const fieldsOf = (aspect: string) => [
  ...testsrc("352x288", 5, 50),
  ...["-vf", `tinterlace=interleave_top,fieldorder=tff${aspect}`],
];

interface Recipe {
  /** What ffmpeg is told to make each part; the parts follow each other in the file. */
  readonly parts: readonly (readonly string[])[];
  /** What ffmpeg is told to write, where that is not the file itself. */
  readonly written?: string;
  /** What else is done to the bytes. */
  readonly change?: (bytes: Buffer) => Buffer;
  /** What ffmpeg is told to make the file of that. */
  readonly copied?: readonly string[];
}

const one = (...args: readonly string[]): Recipe => ({ parts: [args] });

const recipes = {
  "pts-wraps-after-6s.ts": one(
    ...[...testsrc("160x120", 16), ...sine(16), ...encoded, "-output_ts_offset", "95437", ...mpegts],
  ),
  "pts-hole-of-20s.ts": { parts: [beginning, tsFrom(26)] },
  "pts-back-by-an-hour.ts": { parts: [tsFrom(3600), beginning] },
  "one-percent-damaged.ts": { parts: [beginning, tsFrom(26)], change: withOnePercentDamaged },
  "size-changes.ts": { parts: [beginning, tsFrom(6, "320x180")] },
  "size-changes-back.ts": { parts: [beginning, tsFrom(6, "320x180"), tsFrom(12)] },
  "sound-begins-at-9s.mp4": one(...testsrc("160x120", 14), "-itsoffset", "9", ...sine(5), ...encoded),
  "sound-ends-at-5s.ts": one(...testsrc("160x120", 14), ...sine(5), ...encoded, ...mpegts),
  "two-pictures.ts": one(
    ...[...testsrc("160x120", 6), ...testsrc("640x480", 6), "-map", "0", "-map", "1", ...x264, ...mpegts],
  ),
  /** Its playlists and segments lie beside it. */
  "hls/master.m3u8": {
    parts: [
      [
        ...[...testsrc("160x120", 8), ...testsrc("640x480", 8), "-map", "0", "-map", "1", ...x264],
        ...["-f", "hls", "-hls_time", "2", "-hls_list_size", "0"],
        ...["-var_stream_map", "v:0 v:1", "-master_pl_name", "master.m3u8"],
      ],
    ],
    written: "hls/v%v.m3u8",
  },
  "interlaced-mpeg2.ts": one(
    ...fieldsOf(",setsar=12/11"),
    ...["-c:v", "mpeg2video", "-flags", "+ildct+ilme", "-b:v", "200k", "-r", "25", ...mpegts],
  ),
  "interlaced-h264.mp4": one(
    ...fieldsOf(""),
    ...["-c:v", "libx264", "-flags", "+ildct", "-pix_fmt", "yuv420p", "-r", "25"],
  ),
  "aac-with-pce.ts": one(
    ...[...testsrc("160x120", 8), "-f", "lavfi", "-i", "sine=d=8,aformat=channel_layouts=quad"],
    ...[...x264, "-c:a", "aac", "-b:a", "64k", ...mpegts],
  ),
  "phone-held-upright.mp4": {
    parts: [[...testsrc("320x180", 6), ...sine(6), ...x264, "-c:a", "aac"]],
    copied: ["-c", "copy", "-metadata:s:v", "rotate=90"],
  },
  "high-422-10bit.mp4": one(
    ...testsrc("320x240", 6),
    ...["-c:v", "libx264", "-profile:v", "high422", "-pix_fmt", "yuv422p10le", "-bf", "0", "-g", "25"],
  ),
  "b-frames.mp4": one(
    ...[...testsrc("320x240", 6), ...sine(6)],
    ...["-c:v", "libx264", "-bf", "2", "-g", "25", "-pix_fmt", "yuv420p", "-c:a", "aac"],
  ),
  "odd-size.jpg": one("-f", "lavfi", "-i", "testsrc=size=321x241", "-frames:v", "1"),
  "alpha.png": one("-f", "lavfi", "-i", "color=red@0.3:s=320x240,format=rgba", "-frames:v", "1"),
  "one-idr-in-90s.h264": one(
    ...testsrc("160x120", 90),
    ...["-c:v", "libx264", "-preset", "veryfast", "-tune", "zerolatency"],
    ...["-x264-params", "intra-refresh=1:keyint=25", "-pix_fmt", "yuv420p", "-f", "h264"],
  ),
} as const satisfies Readonly<Record<string, Recipe>>;

/** A file that real users have; its name says what is odd about it. */
export type OddFileName = keyof typeof recipes;

const making = new Map<string, Promise<string>>();

/** Makes one of them in this folder, with ffmpeg, in a second or two, and once: tests run side by side. @returns its path */
export function makeOddFile(name: OddFileName, folder: string): Promise<string> {
  const path = join(folder, name);
  const made = making.get(path) ?? make(name, folder);
  making.set(path, made);
  return made;
}

async function make(name: OddFileName, folder: string): Promise<string> {
  const { parts, written = name, change = asItIs, copied }: Recipe = recipes[name];
  const path = join(folder, name);
  mkdirSync(dirname(path), { recursive: true });
  const made: Buffer[] = [];
  for (const args of parts) {
    await ffmpeg(...args, join(folder, written));
    made.push(readFileSync(path));
  }
  writeFileSync(path, change(Buffer.concat(made)));
  if (copied === undefined) return path;
  const original = join(folder, `original-${name}`);
  renameSync(path, original);
  await ffmpeg("-i", original, ...copied, path);
  return path;
}

const asItIs = (bytes: Buffer): Buffer => bytes;

async function ffmpeg(...args: readonly string[]): Promise<void> {
  await mustRun(["ffmpeg", "-nostdin", "-v", "error", "-y", ...args]);
}

const TS_PACKET_BYTES = 188;

/** Some bytes of every hundredth packet, but for the first two hundred. */
function withOnePercentDamaged(bytes: Buffer): Buffer {
  const random = new Random(11);
  for (let at = TS_PACKET_BYTES * 200; at < bytes.length; at += TS_PACKET_BYTES) {
    if (random.next() >= 0.01) continue;
    for (let n = 0; n < 20; n++) bytes[at + random.between(30, 179)] = random.between(0, 255);
  }
  return bytes;
}
