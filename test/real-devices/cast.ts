import { writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Amf0Value } from "../../src/media/flv/amf0.ts";
import { decodeComplaints, type ProbedStream, probeStreams } from "../e2e/judges.ts";
import type { Recording } from "../e2e/recording.ts";
import { Viewer } from "../e2e/viewer.ts";
import { mustRun } from "../run.ts";
import { brightnessOfPictures, greyThirds } from "./brightness.ts";
import type { CommandOptions, End } from "./command.ts";
import type { Guest } from "./guest.ts";

export const flvcast = ["node", "bin/flvcast.js"];

/** What a software emulation of one processor keeps up with. */
export const light = ["--size", "640x360", "--fps", "10"];
/** For whoever can reach the guest. */
export const served = [
  ...["--host", "0.0.0.0", "--auth", "none", "--port", "8080"],
  ...["--json", "--ready-timeout", "50s"],
];

/** What was seen of a stream by this machine's own programs. */
export interface Seen {
  readonly recording: Recording;
  readonly metadata: Readonly<Record<string, Amf0Value>>;
  /** ffprobe's view, and all that ffmpeg complained of while it decoded. */
  readonly streams: readonly ProbedStream[];
  readonly complaints: string;
  /** Of all sound, and of the sound around 1 kHz, in dB of full scale; null without sound. */
  readonly loudness: { readonly all: number; readonly at1kHz: number } | null;
  /** See brightness.ts: of each picture, and of the last picture's thirds. */
  readonly brightness: readonly number[];
  readonly greys: readonly number[];
  /** What flvcast printed: its URL and the rest as JSON, and its stderr. */
  readonly onAir: Readonly<Record<string, unknown>>;
  readonly stderr: string;
  readonly exitCode: number | null;
}

export interface WatchOptions extends CommandOptions {
  readonly seconds?: number;
}

/** `flvcast start …` in the guest as user cam, watched from here until so many seconds of the stream have come. */
export async function watchCast(
  guest: Guest,
  args: readonly string[],
  { seconds = 4, ...options }: WatchOptions = {},
): Promise<Seen> {
  const shape = args.includes("--size") ? [] : light;
  const stream = guest.start([...flvcast, "start", ...served, ...shape, ...args], {
    user: "cam",
    killAfterMs: 300_000,
    ...options,
  });
  try {
    const onAir = JSON.parse(await stream.hasSaid(/^\{.*\}$/)) as { readonly url: string };
    const viewer = new Viewer(`http://127.0.0.1:${guest.streamPort}${new URL(onAir.url).pathname}`);
    const recording = await viewer.watch(seconds);
    const { exitCode, stderr } = await stream.stop();
    return {
      recording,
      metadata: recording.metadata,
      ...(await judge(viewer.bytes)),
      onAir,
      stderr,
      exitCode,
    };
  } finally {
    stream.end();
  }
}

/** `flvcast start …` in the guest, which is to end by itself and say nothing but why. */
export async function refusedCast(
  guest: Guest,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<End> {
  return await guest.run([...flvcast, "start", "--quiet", "--port", "0", ...args], {
    user: "cam",
    ...options,
  });
}

async function judge(
  bytes: Buffer,
): Promise<Pick<Seen, "streams" | "complaints" | "loudness" | "brightness" | "greys">> {
  const folder = await mkdtemp(join(tmpdir(), "flvcast-seen-"));
  try {
    const path = join(folder, "seen.flv");
    writeFileSync(path, bytes);
    const [streams, complaints] = [await probeStreams(path), await decodeComplaints(path)];
    const hasSound = streams.some(({ codec_type }) => codec_type === "audio");
    const loudness = hasSound
      ? {
          all: await loudnessOf(path, "anull"),
          at1kHz: await loudnessOf(path, "bandpass=f=1000:width_type=h:w=50"),
        }
      : null;
    const [brightness, greys] = [await brightnessOfPictures(path), await greyThirds(path)];
    return { streams, complaints, loudness, brightness, greys };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function loudnessOf(path: string, filter: string): Promise<number> {
  const { stderr } = await mustRun(
    ["ffmpeg", "-hide_banner", "-nostdin", "-i", path, "-vn"].concat([
      ...["-af", `${filter},volumedetect`, "-f", "null", "-"],
    ]),
  );
  return Number(/mean_volume: (-?[\d.]+) dB/.exec(stderr)?.[1] ?? Number.NEGATIVE_INFINITY);
}
