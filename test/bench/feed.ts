import { readFileSync, writeFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { previousTagSizeBytes, tagHeaderBytes } from "../../src/media/flv/layout.ts";
import { NutDemuxer } from "../../src/media/nut/demuxer.ts";
import { mustRun } from "../run.ts";

/** Encoded once, and played over and over. */
const LOOP_S = 20;
/** FLV header and PreviousTagSize0. */
const FLV_BEGIN_BYTES = 13;
const VIDEO_TAG = 9;

/** Sends a recording in real time in ffmpeg's place: see its head. */
export const feeder = fileURLToPath(new URL("load/feeder.js", import.meta.url));

/** What the feeder sends: the same pictures and sounds, as ffmpeg's pipes or as FLV. */
export interface Feeds {
  readonly nut: string;
  readonly flv: string;
  /** As `nut`, its pictures as they were encoded: to be decoded. */
  readonly clean: string;
}

/** File index, end of the piece, end of its stamp or -1, milliseconds. */
type Piece = readonly [number, number, number, number];

/** A recording of 720p30 at 2.5 Mbit/s with AAC, as FLV alone: the path of what says how it is sent. */
export async function makeFlvFeed(folder: string, seconds: number): Promise<string> {
  const path = join(folder, "flv.json");
  const flv = await recordFlv(folder, seconds);
  writeFileSync(
    path,
    JSON.stringify({ files: [{ fd: 1, path: flv }], stamps: true, pieces: flvPieces(flv) }),
  );
  return path;
}

/** The same recording in every form. */
export async function makeFeeds(folder: string, seconds: number): Promise<Feeds> {
  const paths = {
    nut: join(folder, "nut.json"),
    flv: await makeFlvFeed(folder, seconds),
    clean: join(folder, "clean.json"),
  };
  const [video, audio] = await recordNut(folder);
  const files = [
    { fd: 1, path: video },
    { fd: 3, path: audio },
  ];
  const pieces = [...nutPieces(0, video), ...nutPieces(1, audio)].toSorted((a, b) => a[3] - b[3]);
  writeFileSync(paths.nut, JSON.stringify({ files, stamps: true, pieces }));
  writeFileSync(paths.clean, JSON.stringify({ files, stamps: false, pieces }));
  return paths;
}

const ffmpeg = ["ffmpeg", "-hide_banner", "-nostdin", "-loglevel", "error", "-y"];
const FLV_NAME = "both.flv";

async function recordFlv(folder: string, seconds: number): Promise<string> {
  await mkdir(folder, { recursive: true });
  const loop = join(folder, "loop.mp4");
  const rate = "2500k";
  const source = "testsrc2=size=1280x720:rate=30,noise=alls=12:allf=t[out0];sine=sample_rate=48000[out1]";
  await mustRun(
    [...ffmpeg, "-t", `${LOOP_S}`, "-f", "lavfi", "-i", source, "-map", "0:v", "-map", "0:a"]
      .concat(["-c:v", "libx264", "-preset", "superfast", "-tune", "zerolatency", "-pix_fmt", "yuv420p"])
      .concat([
        "-g",
        "30",
        "-b:v",
        rate,
        "-maxrate",
        rate,
        "-bufsize",
        rate,
        "-c:a",
        "aac",
        "-b:a",
        "128k",
        loop,
      ]),
    { killAfterMs: 120_000 },
  );
  const flv = join(folder, FLV_NAME);
  await mustRun(
    [...ffmpeg, "-stream_loop", "-1", "-i", loop, "-t", `${seconds}`, "-c", "copy", "-f", "flv", flv],
    { killAfterMs: 120_000 },
  );
  return flv;
}

/** The tracks of the recorded FLV, each as ffmpeg's pipes have them. */
async function recordNut(folder: string): Promise<readonly [video: string, audio: string]> {
  const paths = [join(folder, "video.nut"), join(folder, "audio.nut")] as const;
  const again = [...ffmpeg, "-i", join(folder, FLV_NAME), "-c", "copy"];
  const nut = ["-output_ts_offset", "10", "-f", "nut"];
  const annexB = ["-bsf:v", "h264_mp4toannexb,dump_extra=freq=keyframe"];
  await mustRun([...again, "-map", "0:v", ...annexB, ...nut, paths[0]], { killAfterMs: 120_000 });
  await mustRun([...again, "-map", "0:a", ...nut, paths[1]], { killAfterMs: 120_000 });
  return paths;
}

/** Where a frame ends is seen by giving the demuxer one byte after the other. */
function nutPieces(file: number, path: string): Piece[] {
  const bytes = readFileSync(path);
  const demuxer = new NutDemuxer();
  const pieces: Piece[] = [];
  for (let end = 1; end <= bytes.length; end++) {
    for (const event of demuxer.push(bytes.subarray(end - 1, end)))
      if (event.kind === "frame")
        pieces.push([file, end, file === 0 ? end : -1, event.presentationTimeUs / 1000 - 10_000]);
  }
  return pieces;
}

function flvPieces(path: string): Piece[] {
  const bytes = readFileSync(path);
  const pieces: Piece[] = [[0, FLV_BEGIN_BYTES, -1, 0]];
  for (let at = FLV_BEGIN_BYTES; at < bytes.length; ) {
    const bodyEnd = at + tagHeaderBytes + bytes.readUIntBE(at + 1, 3);
    const timeMs = bytes.readUIntBE(at + 4, 3) + bytes.readUInt8(at + 7) * 2 ** 24;
    const isPicture = bytes.readUInt8(at) === VIDEO_TAG && bytes.readUInt8(at + tagHeaderBytes + 1) === 1;
    at = bodyEnd + previousTagSizeBytes;
    pieces.push([0, at, isPicture ? bodyEnd : -1, timeMs]);
  }
  return pieces;
}
