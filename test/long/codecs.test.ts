import { writeFileSync } from "node:fs";
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { findFfmpegs } from "../e2e/ffmpegs.ts";
import { makeFolder } from "../e2e/folder.ts";
import { browserPath, openBrowser, untilAll, untilMoved } from "../e2e/page-browser.ts";
import { start, stopAll } from "../e2e/program.ts";
import { publishing, publishUrl, stopPublishers } from "../e2e/publisher.ts";
import { startRtspCamera } from "../e2e/rtsp-camera.ts";
import { Viewer } from "../e2e/viewer.ts";
import { mustRun, run } from "../run.ts";
import { freshStateFolder } from "../state-folder.ts";

const folder = makeFolder();
const film = folder.file("film.mp4");
const av1 = folder.file("av1.mp4");
const song = folder.file("song.mp3");
const published = folder.file("published.flv");

/** The newest one there is, and its version: ffmpeg reads H.265 and AV1 in FLV from 6.1 on, Opus from 8 on. */
let newest = { path: "ffmpeg", version: 0 };

const picture = ["-f", "lavfi", "-i", "testsrc2=s=160x120:r=25:d=2"];
const sound = ["-f", "lavfi", "-i", "sine=r=48000:d=2"];
const ffmpeg = (...args: readonly string[]) => mustRun(["ffmpeg", "-nostdin", "-v", "error", ...args]);

beforeAll(async () => {
  for (const path of findFfmpegs()) {
    const { stdout } = await mustRun([path, "-version"]);
    const version = Number(/^ffmpeg version n?(\d+\.\d+)/.exec(stdout)?.[1] ?? 0);
    if (version > newest.version) newest = { path, version };
  }
  const hevc = ["-c:v", "libx265", "-preset", "ultrafast", "-pix_fmt", "yuv420p"];
  const order = ["-x265-params", "log-level=none:keyint=25:bframes=3:open-gop=1"];
  const opus = ["-c:a", "libopus", "-ac", "2", "-b:a", "32k"];
  await ffmpeg(...picture, ...sound, ...hevc, ...order, ...opus, film);
  await ffmpeg(...picture, "-c:v", "libaom-av1", "-usage", "realtime", "-cpu-used", "8", "-g", "25", av1);
  await ffmpeg(...sound, "-c:a", "libmp3lame", "-b:a", "64k", song);
}, 60_000);
afterEach(async () => {
  await stopPublishers();
  await stopAll();
});
afterAll(() => folder.remove());

/** What `flvcast check` says of a stream that it finds nothing wrong with. */
const OK = /\nok(, \d notes?)?\n/;

/** What a file is streamed as, with --copy. */
async function copied(file: string, ...args: readonly string[]) {
  const program = start(["--device", file, "--copy", ...args]);
  const viewer = new Viewer(await program.firstLine());
  await viewer.toTheEnd();
  const { exitCode, stderr } = await program.ended;
  expect(exitCode).toBe(0);
  const path = folder.file("came.flv");
  writeFileSync(path, viewer.bytes);
  const { stdout: findings } = await run(["node", "bin/flvcast.js", "check", path]);
  return { path, stderr, findings };
}

/** The hash of each frame: of video decoded, of audio as it is. */
async function framesOf(path: string, track: "v" | "a"): Promise<readonly string[]> {
  const how = track === "v" ? ["-fps_mode", "passthrough", "-enc_time_base", "1:1000"] : ["-c", "copy"];
  const { stdout } = await mustRun(
    [newest.path, "-nostdin", "-v", "error", "-i", path, "-map", `0:${track}:0`].concat([
      ...[...how, "-f", "framemd5", "-"],
    ]),
  );
  return stdout
    .split("\n")
    .filter((line) => /^\d/.test(line))
    .map((line) => line.split(",")[5]?.trim() ?? ""); // behind it, what Matroska says of samples to skip
}

async function times(path: string): Promise<readonly (readonly [number, number])[]> {
  const { stdout } = await mustRun(
    [newest.path.replace(/ffmpeg$/, "ffprobe"), "-v", "error", "-select_streams", "v"].concat([
      ...["-show_entries", "packet=pts_time,dts_time", "-of", "csv=p=0", path],
    ]),
  );
  const rows = stdout
    .trim()
    .split("\n")
    .map((line) => line.split(",").map((one) => Math.round(Number(one) * 1000)));
  const first = rows[0]?.[0] ?? 0;
  return rows.map(([pts = 0, dts = 0]) => [pts - first, dts - first]);
}

/** That a track came as it was, as far as there is an ffmpeg of this version to tell. */
async function expectSame(path: string, file: string, track: "v" | "a", version: number): Promise<void> {
  if (isTooOld(version)) return;
  expect(await framesOf(path, track)).toEqual(await framesOf(file, track));
}

function isTooOld(version: number): boolean {
  if (newest.version >= version) return false;
  console.log(`skipped: ffmpeg ${newest.version} does not read it; ${version} or later does`);
  return true;
}

it("H.265 with B-frames, and Opus, go out as they are", async () => {
  const { path, stderr, findings } = await copied(film);
  expect(findings).toMatch(OK);
  expect(stderr).toContain("the video is H.265, which VLC 3");
  expect(stderr).toContain("the audio is Opus, which VLC 3");
  await expectSame(path, film, "v", 6.1);
  await expectSame(path, film, "a", 8);
  if (isTooOld(6.1)) return;
  expect(await times(path)).toEqual(await times(film));
}, 60_000);

it("H.265 has codec id 12 where that is asked for", async () => {
  const { path, findings } = await copied(film, "--flv-hevc", "id12");
  expect(findings.match(/^(error|warning) +\S+/gm)).toEqual([
    expect.stringMatching(/^warning +video-codec-hevc-12$/),
  ]);
  await expectSame(path, film, "v", 8);
}, 60_000);

it("AV1 goes out as it is", async () => {
  const { path, findings } = await copied(av1);
  expect(findings).toMatch(OK);
  await expectSame(path, av1, "v", 6.1);
}, 60_000);

it("MP3 goes out as it is, which every player plays", async () => {
  const { path, stderr, findings } = await copied(song);
  expect(stderr).toBe("");
  expect(findings).toMatch(OK);
  const frames = await framesOf(path, "a");
  expect(frames.length).toBeGreaterThan(20);
  expect(frames).toEqual((await framesOf(song, "a")).slice(-frames.length)); // who comes hears what follows
}, 60_000);

it("G.711 is encoded, in spite of --copy", async () => {
  const call = folder.file("call.wav");
  await ffmpeg("-f", "lavfi", "-i", "sine=r=8000:d=2", "-c:a", "pcm_alaw", call);
  const { stderr } = await copied(call);
  expect(stderr).toContain("most players do not play G.711 audio, so it is encoded despite --copy");
}, 60_000);

it.each([0, 2])(
  "an RTSP camera's H.265 with %i B-frames goes out as it is",
  async (count) => {
    const file = folder.file(`camera-${count}.ts`);
    const order = ["-x265-params", `log-level=none:keyint=25:bframes=${count}`, "-pix_fmt", "yuv420p"];
    await ffmpeg(...picture, "-c:v", "libx265", "-preset", "ultrafast", ...order, file);
    const camera = await startRtspCamera(60, { film: file });
    const program = start(["--device", camera.url, "--copy"]);
    const viewer = new Viewer(await program.firstLine());
    const { pictures } = await viewer.watch(2);
    const { exitCode, stderr } = await program.stop();
    await camera.stop();
    expect(exitCode).toBe(0);
    expect(stderr).toContain("the video is H.265");
    expect(pictures.length).toBeGreaterThan(40);
    const shownLaterMs = pictures.map(({ compositionTimeMs }) => compositionTimeMs);
    expect(Math.min(...shownLaterMs)).toBe(0);
    expect(Math.max(...shownLaterMs) > 0).toBe(count > 0);
  },
  60_000,
);

const page = [
  { codec: "H.264 and Opus", player: "low-latency", situation: "playing" },
  { codec: "H.264 and Opus", player: "mse", situation: "playing" },
  { codec: "AV1", player: "low-latency", situation: "playing" },
  { codec: "AV1", player: "mse", situation: "unplayable" },
] as const;

it.skipIf(browserPath === null).each(page)(
  "the page with $codec, $player: $situation",
  async ({ codec, player, situation }) => {
    const file = codec === "AV1" ? av1 : folder.file("talk.mp4");
    const opus = ["-c:a", "libopus", "-ac", "2", "-y"];
    const h264 = ["-c:v", "libx264", "-bf", "0", "-g", "25", "-pix_fmt", "yuv420p"];
    if (codec !== "AV1") await ffmpeg(...picture, ...sound, ...h264, ...opus, file);
    const program = start(["--device", file, "--copy", "--loop", "--name", "film"]);
    const opened = await openBrowser();
    await opened.page.goto(`${new URL("/watch/film", await program.firstLine()).href}?player=${player}`);
    await untilAll(opened.page, situation, 1, 40_000);
    if (situation === "playing") await untilMoved(opened.page);
    await opened.close();
    expect(opened.complaints).toEqual([]);
  },
  90_000,
);

it("H.265 and Opus can be published", async () => {
  if (isTooOld(8)) return;
  await mustRun([newest.path, "-nostdin", "-v", "error", "-i", film, "-c", "copy", published]);
  const env = { RUNTIME_DIRECTORY: freshStateFolder(), STATE_DIRECTORY: freshStateFolder() };
  const stream = start(["door=rtmp", "--rtmp-port", "0"], { env });
  const publisher = publishing(published, await publishUrl("door", env), { ffmpeg: newest.path });
  const viewer = new Viewer(await stream.firstLine());
  await viewer.watch(1);
  const path = folder.file("watched.flv");
  writeFileSync(path, viewer.bytes);
  const { stdout } = await run(["node", "bin/flvcast.js", "check", "--json", path]);
  expect(stdout).toMatch(/"codec": ?"hvc1.*"codec": ?"opus"/s);
  await expect.poll(() => stream.stderr).toContain("the video is H.265");
  expect(stream.stderr).toContain("set the sender to H.264");
  expect(publisher.stderr).toBe("");
}, 60_000);
