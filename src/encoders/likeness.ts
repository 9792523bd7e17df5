import { Buffer } from "node:buffer";
import { buildArguments } from "../ffmpeg/arguments.ts";
import { FfmpegProcess } from "../ffmpeg/process.ts";
import { videoCodecs } from "../media/codecs.ts";
import type { VideoConfig, VideoFrame } from "../media/packet.ts";

/** What an encoder made of the test video, and where that is decoded. */
export interface LikenessOptions {
  readonly ffmpegPath: string;
  /** The lavfi graph of the video that was encoded. */
  readonly graph: string;
  readonly timeoutMs: number;
}

/** `unknown`: this ffmpeg has no decoder or no filter for it. */
export type Likeness = "alike" | "garbled" | "late" | "unknown";

/**
 * A frame's peak signal-to-noise ratio in dB, at 160x90, of the worst frame and plane. x264 has 29 and more down to
 * 300 kbit/s at 2160p; rows that are shifted, swapped planes and missing colours have 6 to 15 (ffmpeg 5.1).
 */
const ALIKE_DB = 20;

/** Decodes what an encoder made, and compares it with what it was given. */
export async function likenessOf(
  config: VideoConfig,
  frames: readonly VideoFrame[],
  { ffmpegPath, graph, timeoutMs }: LikenessOptions,
): Promise<Likeness> {
  const { rawFormat, joinUnits } = videoCodecs[config.codec];
  const lines: string[] = [];
  const stream = frames.map(({ units }, n) =>
    joinUnits(n === 0 ? [...config.parameterSets, ...units] : units),
  );
  const process = new FfmpegProcess({
    path: ffmpegPath,
    args: likenessArguments(rawFormat, graph),
    outputs: new Map(),
    onStderrLine: (line) => lines.push(line),
    redact: (text) => text,
    stdin: (stdin) => stdin.end(Buffer.concat(stream)),
  });
  return (await process.endsWithin(timeoutMs)) === null ? "late" : judged(lines);
}

/** Both videos frame by frame, whatever their times and sizes are. */
export function likenessArguments(rawFormat: string, graph: string): readonly string[] {
  const small = "settb=1/10,setpts=N,scale=160:90:flags=area,format=yuv420p";
  return buildArguments({
    input: { options: ["-hide_banner", "-nostats", "-f", rawFormat], url: "pipe:0" },
    outputs: [
      {
        options: [
          ...["-filter_complex", `[0:v]${small}[made];${graph},${small}[meant];[made][meant]psnr`],
          ...["-f", "null"],
        ],
        url: "-",
      },
    ],
  });
}

const CANNOT = /No such filter|Unknown input format|Decoder .*not found|Unknown decoder/;

/** `PSNR y:53.579182 u:54.9 v:55.4 average:53.579182 min:52.331381 max:56.282313` */
function judged(lines: readonly string[]): Likeness {
  const words = lines.map((line) => / PSNR (.*)/.exec(line)?.[1]).find((found) => found !== undefined);
  if (words === undefined) return lines.some((line) => CANNOT.test(line)) ? "unknown" : "garbled";
  const worst = ["y", "u", "v", "min"].map((key) => new RegExp(`\\b${key}:(\\S+)`).exec(words)?.[1]);
  return worst.every((db) => db === "inf" || Number(db) >= ALIKE_DB) ? "alike" : "garbled";
}
