import { writeFileSync } from "node:fs";
import { afterAll, afterEach, describe, expect, it } from "vitest";
import { mustRun, run } from "../run.ts";
import { flvcastProgram } from "../start-flvcast.ts";
import { findFfmpegs } from "./ffmpegs.ts";
import { makeFolder } from "./folder.ts";
import { decodeComplaints } from "./judges.ts";
import { start, stopAll } from "./program.ts";
import { startRtspCamera } from "./rtsp-camera.ts";
import { Viewer } from "./viewer.ts";

const folder = makeFolder();
afterEach(() => stopAll());
afterAll(() => folder.remove());

const ENCODED = ["--latency", "normal", "--encoder", "libx264", "--duration", "5"];

interface Times {
  readonly ptsMs: number;
  readonly dtsMs: number;
}

/** What a viewer gets who comes in the middle of a group. */
async function joined(...args: readonly string[]) {
  const program = start([...ENCODED, ...args]);
  const first = new Viewer(await program.firstLine());
  await first.watch(1.5);
  const second = new Viewer(await program.firstLine());
  await Promise.all([first.toTheEnd(), second.toTheEnd()]);
  const { stderr, exitCode } = await program.ended;
  expect(exitCode).toBe(0);
  expect(stderr).not.toMatch(/cannot keep up|restart/);
  const path = folder.file("came.flv");
  writeFileSync(path, second.bytes);
  const { stdout: findings } = await run([process.execPath, flvcastProgram, "check", path]);
  return { path, findings, video: await timesOf(path, "v"), audio: await timesOf(path, "a") };
}

async function timesOf(path: string, track: "v" | "a"): Promise<readonly Times[]> {
  const { stdout } = await mustRun(
    ["ffprobe", "-v", "error", "-select_streams", track, "-show_entries", "packet=pts_time,dts_time"].concat([
      ...["-of", "csv=p=0", path],
    ]),
  );
  const rows = stdout
    .trim()
    .split("\n")
    .map((line) => line.split(",").map((time) => Math.round(Number(time) * 1000)));
  return rows.map(([ptsMs = Number.NaN, dtsMs = Number.NaN]) => ({ ptsMs, dtsMs }));
}

/** What is to be seen of a stream. */
function judged({ findings, video, audio }: Awaited<ReturnType<typeof joined>>) {
  const [videoMs, audioMs] = [video, audio].map(([first]) => first?.dtsMs ?? Number.NaN);
  return {
    hasErrors: /^error /m.test(findings),
    isDecodedInTime: video.every(({ ptsMs, dtsMs }) => ptsMs >= dtsMs),
    hasBFrames: video.some(({ ptsMs }, at) => ptsMs < (video[at - 1]?.ptsMs ?? 0)),
    beginsWithSound: Math.abs((videoMs ?? 0) - (audioMs ?? 0)) < 200,
  };
}

const GOOD = { hasErrors: false, isDecodedInTime: true, hasBFrames: true, beginsWithSound: true };

describe("normal latency", () => {
  it.each(findFfmpegs())(
    "of the test source decodes, and audio stands beside its video: %s",
    async (ffmpeg) => {
      const args = ["--device", "test", "--size", "320x240", "--ffmpeg", ffmpeg];
      const stream = await joined(...args);
      expect(judged(stream)).toEqual(GOOD);
      expect(await decodeComplaints(stream.path)).toBe("");
    },
    60_000,
  );

  it("of a network camera", async () => {
    const camera = await startRtspCamera(60, { audio: "aac" });
    try {
      expect(judged(await joined("--device", camera.url))).toEqual(GOOD);
    } finally {
      await camera.stop();
    }
  }, 60_000);
});
