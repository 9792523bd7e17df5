import { mkdtempSync, rmSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { mustRun } from "../run.ts";
import { printTable, quantile } from "./numbers.ts";
import { tagBytesOf } from "./nut-to-tags.ts";

const recordedSeconds = 20;
const passes = 40;
const warmUpPasses = 10;
/** What node reads from a pipe at once, at most. */
const chunkBytes = 65_536;
const mb = 1e6;

it("NUT becomes tags at this speed", async () => {
  const { video, audio } = await recordNut();
  const inputBytes = video.length + audio.length;
  let tagBytes = 0;
  const mbPerSecond: number[] = [];
  let cpuStart = process.cpuUsage();
  for (let pass = 0; pass < warmUpPasses + passes; pass += 1) {
    if (pass === warmUpPasses) cpuStart = process.cpuUsage();
    const startMs = performance.now();
    tagBytes = tagBytesOf(inChunks(video), inChunks(audio));
    const seconds = (performance.now() - startMs) / 1000;
    if (pass >= warmUpPasses) mbPerSecond.push(inputBytes / mb / seconds);
  }
  const { user, system } = process.cpuUsage(cpuStart);
  expect(tagBytes).toBeGreaterThan(inputBytes * 0.9);
  printTable(
    `NUT to tags, 720p30 with AAC, ${(inputBytes / mb).toFixed(1)} MB in, ${(tagBytes / mb).toFixed(1)} MB out`,
    {
      "": {
        "MB per CPU second": (passes * inputBytes) / mb / ((user + system) / 1e6),
        "MB/s median": quantile(mbPerSecond, 0.5),
        "MB/s slowest": Math.min(...mbPerSecond),
        passes,
      },
    },
  );
});

/** What flvcast's ffmpeg processes would write in 20 s. */
async function recordNut(): Promise<{ readonly video: Buffer; readonly audio: Buffer }> {
  const folder = mkdtempSync(join(tmpdir(), "flvcast-nut-"));
  const videoPath = join(folder, "video.nut");
  const audioPath = join(folder, "audio.nut");
  const rate = "2500k";
  try {
    await mustRun(
      ["ffmpeg", "-hide_banner", "-nostdin", "-loglevel", "error", "-t", `${recordedSeconds}`]
        .concat(["-f", "lavfi", "-i", "testsrc2=size=1280x720:rate=30,noise=alls=12:allf=t[out0];sine[out1]"])
        .concat(["-map", "0:v", "-c:v", "libx264", "-preset", "superfast", "-tune", "zerolatency"])
        .concat(["-pix_fmt", "yuv420p", "-g", "30", "-b:v", rate, "-maxrate", rate, "-bufsize", rate])
        .concat(["-output_ts_offset", "10", "-f", "nut", videoPath])
        .concat([
          "-map",
          "0:a",
          "-c:a",
          "aac",
          "-b:a",
          "128k",
          "-output_ts_offset",
          "10",
          "-f",
          "nut",
          audioPath,
        ]),
      { killAfterMs: 120_000 },
    );
    return { video: await readFile(videoPath), audio: await readFile(audioPath) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function inChunks(bytes: Uint8Array): readonly Uint8Array[] {
  return Array.from({ length: Math.ceil(bytes.length / chunkBytes) }, (_, index) =>
    bytes.subarray(index * chunkBytes, (index + 1) * chunkBytes),
  );
}
