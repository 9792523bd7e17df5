import { dirname, join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { mustRun, run } from "../run.ts";
import { findFfmpegs } from "./ffmpegs.ts";
import { start, stopAll } from "./program.ts";

afterAll(stopAll);

const ffmpegs = findFfmpegs();

/** An ffprobe that reads Enhanced RTMP, as those of 6.1 and later do. */
async function findReader(): Promise<string | null> {
  for (const ffmpeg of ffmpegs) {
    const ffprobe = ffmpeg === "ffmpeg" ? "ffprobe" : join(dirname(ffmpeg), "ffprobe");
    const { stdout, exitCode } = await run([ffprobe, "-version"]);
    if (exitCode === 0 && Number(/^ffprobe version \D*(\d+)/.exec(stdout)?.[1]) >= 7) return ffprobe;
  }
  console.log(
    "skipped: H.265 and AV1 in FLV: there is no ffprobe 7 or later; FLVCAST_TEST_FFMPEGS lists none",
  );
  return null;
}

const reader = await findReader();

interface Probed {
  readonly streams: readonly { readonly codec_name: string; readonly has_b_frames: number }[];
  readonly packets: readonly {
    readonly pts_time: string;
    readonly dts_time: string;
    readonly flags: string;
  }[];
}

const SOFTWARE = { h265: ["libx265"], av1: ["libsvtav1", "libaom-av1"] } as const;

it
  .skipIf(reader === null)
  .each(
    ffmpegs.flatMap((ffmpeg) =>
      (["h265", "av1"] as const).flatMap((codec) =>
        SOFTWARE[codec].map((encoder) => [encoder, ffmpeg, codec] as const),
      ),
    ),
  )("%s of %s: a key frame each second and no B-frames", async (encoder, ffmpeg, codec) => {
  const { stdout: listed } = await mustRun([ffmpeg, "-hide_banner", "-encoders"]);
  if (!listed.includes(` ${encoder} `)) return console.log(`skipped: ${ffmpeg} has no ${encoder}`);
  const program = start([
    ...["--device", "test", "--audio", "none", "--size", "320x180", "--fps", "15", "--name", encoder],
    ...["--video-codec", codec, "--encoder", encoder, "--ffmpeg", ffmpeg],
  ]);
  const url = await program.firstLine();
  const { stdout, stderr } = await mustRun([
    ...[reader ?? "", "-v", "error", "-read_intervals", "%+4", "-show_packets", "-show_streams"],
    ...["-select_streams", "v", "-of", "json", url],
  ]);
  const { streams, packets }: Probed = JSON.parse(stdout);
  expect(stderr).toBe("");
  expect(streams).toMatchObject([{ codec_name: codec === "h265" ? "hevc" : "av1", has_b_frames: 0 }]);
  expect(packets.filter(({ pts_time, dts_time }) => pts_time !== dts_time)).toEqual([]);
  const keys = packets.filter(({ flags }) => flags.startsWith("K")).map(({ pts_time }) => Number(pts_time));
  expect(keys.length).toBeGreaterThan(2);
  for (const [n, time] of keys.slice(1).entries()) expect(time - (keys[n] ?? 0)).toBeCloseTo(1, 1);
  const { exitCode, stderr: said } = await program.stop();
  expect(exitCode).toBe(0);
  expect(said).not.toMatch(/Svt\[|fallback|restart/);
});
