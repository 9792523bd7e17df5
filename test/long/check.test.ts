import { spawn } from "node:child_process";
import { once } from "node:events";
import { afterAll, describe, expect, it } from "vitest";
import type { CheckReport } from "../../src/check/report.ts";
import { findFfmpegs } from "../e2e/ffmpegs.ts";
import { makeFolder } from "../e2e/folder.ts";
import { Program, start, stopAll } from "../e2e/program.ts";
import { freePort } from "../e2e/servers.ts";
import { mustRun, run } from "../run.ts";

const folder = makeFolder();

afterAll(async () => {
  await stopAll();
  folder.remove();
});

const picture = ["-f", "lavfi", "-i", "testsrc2=s=320x180:r=25"];
const sound = ["-f", "lavfi", "-i", "sine=r=44100"];
const h264 = ["-c:v", "libx264", "-preset", "superfast", "-b:v", "200k", "-pix_fmt", "yuv420p"];
const aac = ["-c:a", "aac", "-b:a", "64k"];

/** What ffmpeg is told, for each kind of stream. */
const kinds = {
  "H.264 and AAC": [...picture, ...sound, ...h264, "-bf", "0", ...aac],
  "video alone": [...picture, ...h264],
  "audio alone": [...sound, ...aac],
  "B-frames": [...picture, ...sound, ...h264, "-bf", "3", "-b_strategy", "0", ...aac],
  "H.264 and MP3": [...picture, ...sound, ...h264, "-c:a", "libmp3lame"],
  "MP3 alone": [...sound, "-c:a", "libmp3lame"],
  "sound in 5.1": [...picture, ...sound, ...h264, "-ac", "6", ...aac],
  "mono at 16 kHz": [...sound, "-ac", "1", "-ar", "16000", ...aac],
  "Baseline, several slices": [...picture, ...h264, "-profile:v", "baseline", "-x264-params", "slices=4"],
  interlaced: [...picture, ...h264, "-flags", "+ilme+ildct", "-x264-params", "tff=1"],
  "an index of key frames": [...picture, ...sound, ...h264, ...aac, "-flvflags", "add_keyframe_index"],
  "pictures at 29.97 a second, far into time": [
    ...["-f", "lavfi", "-i", "testsrc2=s=320x180:r=30000/1001", ...sound, ...h264, ...aac],
    ...["-output_ts_offset", "16775"], // 24 bits are full after three seconds
  ],
} as const;

async function check(target: string, ...options: readonly string[]): Promise<[number | null, CheckReport]> {
  const { exitCode, stdout } = await new Program(["check", target, "--json", ...options]).ended;
  return [exitCode, JSON.parse(stdout) as CheckReport];
}

/** What ffmpeg 7.1 and later add to Enhanced RTMP, and mpegts.js does not read. */
const ADDED: readonly string[] = ["video-ex-metadata", "audio-multichannel-config"];

/** All that is worse than a note. */
function faultsOf({ findings }: CheckReport): readonly string[] {
  return findings
    .filter(({ id, severity }) => severity !== "note" && !ADDED.includes(id))
    .map(({ id, detail }) => `${id}: ${detail}`);
}

describe.each(findFfmpegs())("no alarm is raised on what %s writes:", (ffmpeg) => {
  it.each(Object.entries(kinds))("a file of %s", async (kind, args) => {
    const path = folder.file(`${kind}.flv`);
    await mustRun([ffmpeg, "-loglevel", "error", "-nostdin", "-y", ...args, "-t", "6", "-f", "flv", path]);
    const [exitCode, report] = await check(path);
    expect(faultsOf(report)).toEqual([]);
    expect(exitCode).toBe(report.findings.some(({ id }) => ADDED.includes(id)) ? 1 : 0);
  });

  it.each(Object.entries(kinds).slice(0, 5))("a live stream of %s, over its own HTTP", async (_, args) => {
    const url = `http://127.0.0.1:${await freePort()}/live.flv`;
    const server = spawn(ffmpeg, [
      "-loglevel",
      "error",
      "-nostdin",
      "-re",
      ...args,
      "-f",
      "flv",
      "-listen",
      "1",
      url,
    ]);
    const ended = once(server, "close");
    try {
      const report = await checkWhenThere(url);
      expect(faultsOf(report)).toEqual([]);
      expect(report.stream).toMatchObject({ isLive: true });
    } finally {
      server.kill("SIGKILL");
      await ended;
    }
  });
});

const h265 = ["-c:v", "libx265", "-x265-params", "log-level=none:keyint=50", "-pix_fmt", "yuv420p"];

/** The same of codecs that only some ffmpegs write to FLV, and the notes that are true of them. */
const newer = {
  "H.265 with B-frames in open groups": [
    [...picture, ...h265],
    ["enhanced-rtmp", "hevc-open-gop"],
  ],
  "H.265 without B-frames, and AAC": [
    [...picture, ...sound, ...h265, "-x265-params", "log-level=none:keyint=50:bframes=0", ...aac],
    ["enhanced-rtmp"],
  ],
  AV1: [
    [...picture, "-c:v", "libsvtav1", "-preset", "12", "-g", "50", "-pix_fmt", "yuv420p"],
    ["enhanced-rtmp", "av1-temporal-delimiter", "av1-order-hint"],
  ],
  "Opus in 20 ms": [[...picture, ...sound, ...h264, "-g", "50", "-c:a", "libopus"], ["enhanced-rtmp"]],
  "Opus in 5.1": [
    [...picture, ...sound, ...h264, "-g", "50", "-ac", "6", "-c:a", "libopus"],
    ["enhanced-rtmp"],
  ],
  "A-law": [
    [...picture, ...sound, ...h264, "-g", "50", ...["-c:a", "pcm_alaw", "-ar", "8000", "-ac", "1"]],
    ["audio-g711"],
  ],
  "µ-law": [
    [...picture, ...sound, ...h264, "-g", "50", ...["-c:a", "pcm_mulaw", "-ar", "8000", "-ac", "1"]],
    ["audio-g711"],
  ],
} as const;

describe.each(findFfmpegs())("beyond what %s adds, nothing is found in a file of", (ffmpeg) => {
  it.for(Object.entries(newer))("%s", async ([kind, [args, notes]], { skip }) => {
    const path = folder.file(`${kind}.flv`);
    const written = await run([ffmpeg, "-loglevel", "error", "-nostdin", "-y", ...args, "-t", "6", path]);
    const isRefused = /not compatible with flv/i.test(written.stderr);
    skip(isRefused, `${ffmpeg} does not write ${kind} to FLV`);
    expect(written).toMatchObject({ exitCode: 0 });
    const [, report] = await check(path);
    expect(faultsOf(report)).toEqual([]);
    const said = report.findings.filter(({ severity }) => severity === "note").map(({ id }) => id);
    expect(said.toSorted()).toEqual([...notes].toSorted());
  });
});

/** ffmpeg does not say when it listens. */
async function checkWhenThere(url: string): Promise<CheckReport> {
  for (;;) {
    const { exitCode, stdout } = await new Program(["check", url, "--json", "--seconds", "6"]).ended;
    if (exitCode !== 4) return JSON.parse(stdout) as CheckReport;
  }
}

/** So that a busy machine keeps up: one that does not is told so, rightly. */
const small = ["--device", "test", "--size", "160x90", "--fps", "10"];

/** As a camera's recording has it: a key frame every two seconds, no B-frames, sound at its own rate. */
async function recording(...inputs: readonly string[]): Promise<string> {
  const path = folder.file(`recording-${inputs.length}.mp4`);
  const coding = [
    "-c:v",
    "libx264",
    "-preset",
    "superfast",
    "-bf",
    "0",
    "-g",
    "20",
    "-pix_fmt",
    "yuv420p",
    ...aac,
  ];
  await mustRun(["ffmpeg", "-loglevel", "error", "-nostdin", "-y", ...inputs, ...coding, "-t", "5.3", path]);
  return path;
}

const film = ["-f", "lavfi", "-i", "testsrc2=s=160x90:r=10"];

describe("not even a note is made of our own streams:", () => {
  it.each<[string, () => Promise<readonly string[]>]>([
    ["H.264 and AAC", async () => small],
    ["video alone", async () => [...small, "--audio", "none"]],
    ["long groups", async () => [...small, "--gop", "4"]],
    [
      "a film, again and again",
      async () => ["--device", await recording(...film, ...sound), "--loop", "--copy"],
    ],
    ["the same without sound", async () => ["--device", await recording(...film), "--loop", "--copy"]],
  ])("%s", async (_, args) => {
    const program = start(await args());
    const url = await program.firstLine();
    const [exitCode, report] = await check(url, "--seconds", "6");
    expect(report.findings).toEqual([]);
    expect(exitCode).toBe(0);
    const target = expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/live\//); // it hides names that may be secret
    expect(report).toMatchObject({ target, http: { status: 200, framing: "chunked" } });
    await program.stopInOrder();
  });
});

/** Made by any ffmpeg, and copied. */
const copied = {
  "H.265": [[...film, ...h265, "-x265-params", "log-level=none:keyint=20:bframes=0"], ["enhanced-rtmp"]],
  "H.265 with B-frames": [
    [...film, ...h265, "-x265-params", "log-level=none:keyint=20:bframes=3:open-gop=0"],
    ["enhanced-rtmp"],
  ],
  AV1: [
    [...film, "-c:v", "libsvtav1", "-preset", "12", "-g", "20", "-pix_fmt", "yuv420p"],
    ["enhanced-rtmp", "av1-order-hint"],
  ],
  "H.264 and Opus": [
    [...film, ...sound, ...h264, "-bf", "0", "-g", "20", "-c:a", "libopus"],
    ["enhanced-rtmp"],
  ],
  "H.264 and MP3": [[...film, ...sound, ...h264, "-bf", "0", "-g", "20", "-c:a", "libmp3lame"], []],
  "H.264 and 5.1 AAC": [[...film, ...sound, ...h264, "-bf", "0", "-g", "20", "-ac", "6", ...aac], []],
} as const;

describe("of our own streams, only that is noted which is true of their codec:", () => {
  it.each(Object.entries(copied))("%s", async (kind, [args, notes]) => {
    const path = folder.file(`${kind}.mkv`);
    await mustRun(["ffmpeg", "-loglevel", "error", "-nostdin", "-y", ...args, "-t", "12", path]);
    const program = start(["--device", path, "--copy"]);
    const [, report] = await check(await program.firstLine(), "--seconds", "6");
    expect(report.findings.map(({ id }) => id).toSorted()).toEqual([...notes].toSorted());
    await program.stop(); // it has warned of what not all players play
  });
});

it("Ctrl-C ends the watching, and what was seen is judged", async () => {
  const program = start(small);
  const watching = new Program(["check", await program.firstLine(), "--seconds", "1h", "--json"]);
  const [exitCode, report] = await new Promise<[number | null, CheckReport]>((resolve, reject) => {
    setTimeout(() => watching.signal("SIGINT"), 4000);
    watching.ended.then((end) => resolve([end.exitCode, JSON.parse(end.stdout) as CheckReport]), reject);
  });
  expect(exitCode).toBe(0);
  expect(report.stream?.video?.frames).toBeGreaterThan(0);
  await program.stopInOrder();
});

it("a stream that is not there is a finding, and a server that is not there is exit code 4", async () => {
  const program = start(small);
  const url = await program.firstLine();
  const [exitCode, report] = await check(url.replace("/live/", "/nothing/"));
  expect([exitCode, report.findings[0]?.id]).toEqual([1, "http-status"]);
  await program.stopInOrder();
  const { exitCode: gone, stderr } = await new Program(["check", url]).ended;
  expect([gone, stderr]).toEqual([
    4,
    expect.stringMatching(/^flvcast: cannot connect to \S+: connection refused; /),
  ]);
});
