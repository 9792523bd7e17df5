import { spawn } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findFfmpegs } from "../e2e/ffmpegs.ts";
import { makeFolder } from "../e2e/folder.ts";
import { decodeComplaints, decodedHashes } from "../e2e/judges.ts";
import { browserPath, openBrowser, untilAll, untilMoved } from "../e2e/page-browser.ts";
import { start, stopAll } from "../e2e/program.ts";
import { startRtspCamera } from "../e2e/rtsp-camera.ts";
import { Viewer } from "../e2e/viewer.ts";
import { withoutVui } from "../e2e/without-vui.ts";
import { mustRun, run } from "../run.ts";
import { flvcastProgram } from "../start-flvcast.ts";

const folder = makeFolder();

/** By their number; three are a pyramid. */
const depths = { 1: 1, 2: 1, 3: 2 } as const;
const counts = [1, 2, 3] as const;

/** Two groups of two seconds, with sound, in MP4; and the same without VUI. */
beforeAll(async () => {
  for (const n of counts) {
    const order = `b-pyramid=${n === 3 ? "normal" : "none"}:keyint=50:scenecut=0`;
    const film = folder.file(`vui-${n}.mp4`);
    await mustRun([
      ...["ffmpeg", "-nostdin", "-v", "error", "-f", "lavfi", "-i", "testsrc2=s=320x240:r=25:d=4"],
      ...["-f", "lavfi", "-i", "sine=r=48000:d=4", "-c:v", "libx264", "-bf", String(n), "-b_strategy", "0"],
      ...["-x264-params", order, "-pix_fmt", "yuv420p", "-c:a", "aac", film],
    ]);
    await withoutVui(film, folder.file(`plain-${n}.mp4`));
    for (const kind of ["vui", "plain"])
      await mustRun(
        ["ffmpeg", "-nostdin", "-v", "error", "-i", folder.file(`${kind}-${n}.mp4`), "-c", "copy"].concat(
          folder.file(`${kind}-${n}.ts`),
        ),
      );
  }
}, 60_000);

afterAll(async () => {
  await stopAll();
  folder.remove();
});

interface Times {
  readonly ptsMs: number;
  readonly dtsMs: number;
}

/** Of each frame of one track, as ffprobe reads them. */
async function timesOf(path: string, track: "v" | "a"): Promise<Times[]> {
  const { stdout } = await mustRun(
    ["ffprobe", "-v", "error", "-select_streams", track, "-show_entries", "packet=pts_time,dts_time"].concat([
      "-of",
      "json",
      path,
    ]),
  );
  const said: { packets: readonly { pts_time: string; dts_time: string }[] } = JSON.parse(stdout);
  return said.packets.map(({ pts_time, dts_time }) => ({
    ptsMs: Number(pts_time) * 1000,
    dtsMs: Number(dts_time) * 1000,
  }));
}

/** By how much the times that came differ from those of the source's last as many frames, at the most and at the least. */
function differences(came: readonly Times[], source: readonly Times[], what: keyof Times): number[] {
  const last = source.slice(-came.length);
  const byMs = came.map((times, at) => times[what] - (last[at]?.[what] ?? Number.NaN));
  return [Math.min(...byMs), Math.max(...byMs)];
}

const files = counts.flatMap((n) =>
  ["mp4", "ts"].flatMap((container) => ["vui", "plain"].map((kind) => ({ n, container, kind }))),
);

describe("a file with B-frames is passed on with its own times", () => {
  it.concurrent.each(files)("$n of them, $container, $kind", async ({ n, container, kind }) => {
    const source = folder.file(`${kind}-${n}.${container}`);
    const program = start(["--device", source, "--copy"]);
    const path = folder.file(`came-${kind}-${n}-${container}.flv`);
    const viewer = new Viewer(await program.firstLine());
    await viewer.toTheEnd();
    await writeFile(path, viewer.bytes);
    expect(await program.ended).toMatchObject({ exitCode: 0, stderr: "" });
    expect(await decodeComplaints(path)).toBe("");
    const came = await timesOf(path, "v");
    expect(came.length).toBeGreaterThan(45);
    const films = await timesOf(source, "v");
    const [leastMs = 0, mostMs = 0] = [
      ...differences(came, films, "ptsMs"),
      ...differences(came, films, "dtsMs"),
      ...differences(await timesOf(path, "a"), await timesOf(source, "a"), "ptsMs"),
    ]
      .toSorted((a, b) => a - b)
      .filter((_, at, all) => at === 0 || at === all.length - 1);
    expect(mostMs - leastMs).toBeLessThanOrEqual(2); // 1 from the middle, each way
    const pictures = await decodedHashes(path, "v");
    expect(pictures).toEqual((await decodedHashes(source, "v")).slice(-pictures.length));
    expect(await run([process.execPath, flvcastProgram, "check", path])).toMatchObject({ exitCode: 0 });
  });
});

const cameras = findFfmpegs().flatMap((ffmpeg) =>
  ([2, 3] as const).flatMap((n) => [
    { ffmpeg, n, kind: "vui", said: /^$/ },
    { ffmpeg, n, kind: "plain", said: /^flvcast: \S+ sends B-frames; reopening it .*\n$/ },
  ]),
);

describe("an RTSP camera with B-frames is passed on with its own times", () => {
  it.concurrent.each(cameras)("$n of them, $kind, by $ffmpeg", async ({ ffmpeg, n, kind, said }) => {
    const camera = await startRtspCamera(60, { film: folder.file(`${kind}-${n}.ts`) });
    const program = start(["--device", camera.url, "--copy", "--ffmpeg", ffmpeg]);
    const { pictures } = await new Viewer(await program.firstLine()).watch(2);
    const { exitCode, stderr } = await program.stop();
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: expect.stringMatching(said) });
    await camera.stop();
    const decoded = pictures.map((one) => one.timestampMs);
    const shown = pictures.map((one) => one.timestampMs + one.compositionTimeMs);
    expect(decoded).toEqual([...new Set(decoded)].toSorted((a, b) => a - b));
    expect(pictures.filter(({ compositionTimeMs }) => compositionTimeMs < 0)).toEqual([]);
    const steps = shown.toSorted((a, b) => a - b).map((ms, at, all) => ms - (all[at - 1] ?? ms - 40));
    // Of the last frames, what is coded before it is shown has come, and what is shown before that has not.
    const others = steps.slice(0, -4).filter((ms) => Math.abs(ms - 40) > 1);
    expect(others.length).toBeLessThanOrEqual(1); // where the film begins again
    const keys = pictures.filter(({ isKey }) => isKey);
    expect(keys.map(({ compositionTimeMs }) => Math.round(compositionTimeMs / 40))).toEqual(
      keys.map(() => depths[n]),
    );
  });
});

/** Keeps when the frames that the page's decoder gives are to be shown, in microseconds. */
const KEEPS_TIMES = `
  window.shownUs = [];
  const Decoder = window.VideoDecoder;
  window.VideoDecoder = class extends Decoder {
    constructor(init) {
      super({ ...init, output: (frame) => (window.shownUs.push(frame.timestamp), init.output(frame)) });
    }
  };`;

describe.skipIf(browserPath === null)("the page plays B-frames", () => {
  it.each([
    { player: "low-latency", frames: 50 },
    { player: "mse", frames: 0 },
  ])("in the order in which they are shown: $player", async ({ player, frames }) => {
    const program = start(["--device", folder.file("plain-3.mp4"), "--copy", "--loop"]);
    const open = await openBrowser();
    const { page, complaints } = open;
    await page.addInitScript(KEEPS_TIMES);
    await page.goto(`${new URL("/watch/plain-3", await program.firstLine()).href}?player=${player}`);
    await untilAll(page, "playing");
    await untilMoved(page);
    await page.waitForTimeout(3000);
    const shownUs = await page.evaluate<number[]>("window.shownUs");
    await open.close();
    await program.stopInOrder();
    expect(complaints).toEqual([]);
    expect(shownUs.length).toBeGreaterThanOrEqual(frames);
    expect(shownUs).toEqual(shownUs.toSorted((a, b) => a - b));
  });
});

const noTimes = /^flvcast: (\S+) sends B-frames without presentation times; .*\n$/;

describe("B-frames without times", () => {
  it.concurrent("on stdin are refused", async () => {
    const raw = ["-c:v", "libx264", "-bf", "2", "-pix_fmt", "yuv420p", "-f", "h264", "-"];
    const source = [
      "ffmpeg",
      "-nostdin",
      "-v",
      "quiet",
      "-re",
      "-f",
      "lavfi",
      "-i",
      "testsrc2=s=320x240:r=25:d=9",
    ];
    const program = start(["--device", "-"]);
    spawn(source[0] ?? "", [...source.slice(1), ...raw], { stdio: ["ignore", "pipe", "ignore"] }).stdout.pipe(
      program.stdin,
    );
    const { exitCode, stderr } = await program.ended;
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 19, stderr: expect.stringMatching(noTimes) });
  });

  it.concurrent("in a raw file are refused with --copy", async () => {
    const raw = folder.file("raw.h264");
    await mustRun(["ffmpeg", "-nostdin", "-v", "error", "-i", folder.file("vui-2.mp4"), "-c", "copy", raw]);
    const { exitCode, stderr } = await start(["--device", raw, "--copy"]).ended;
    expect({ exitCode, stderr }).toMatchObject({
      exitCode: 19,
      stderr: expect.stringContaining("remove --copy"),
    });
  });
});
