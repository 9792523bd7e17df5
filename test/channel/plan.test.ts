import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeEach, expect, it, vi } from "vitest";
import { noOverrides, type Overrides } from "../../src/channel/channel-plan.ts";
import { Planner, type PlanSettings } from "../../src/channel/plan.ts";
import { asDetected } from "../../src/devices/media.ts";
import { parseDeviceSpec } from "../../src/devices/spec.ts";
import { anyTracks } from "../../src/devices/track-choice.ts";
import { EncoderCache } from "../../src/encoders/cache.ts";
import { type ExitReason, UserError } from "../../src/errors.ts";
import { encoders, softwareEncoder } from "../../src/ffmpeg/encoder-table.ts";
import { noFilters } from "../../src/ffmpeg/video-filters.ts";
import { PipeFeed } from "../../src/inputs/pipe-feed.ts";
import { thisMachine } from "../../src/system/machine.ts";
import { cacheFolder } from "../cache-folder.ts";

const folder = mkdtempSync(join(tmpdir(), "flvcast-plan-"));
const clip = join(folder, "clip.mp4");
writeFileSync(clip, "a film");
afterAll(() => rmSync(folder, { recursive: true, force: true }));

beforeEach(() => {
  const listing = [
    ...["Input #0, mov, from 'it':", "  Duration: 00:00:02.00, start: 0.000000"],
    "  Stream #0:0: Video: h264 (High), yuv420p, 640x480, 25 fps",
    "  Stream #0:1: Audio: aac (LC), 48000 Hz, stereo, fltp",
  ];
  vi.stubEnv("FAKE_FFMPEG", JSON.stringify([...listing.map((stderr) => ({ stderr })), { exit: 1 }]));
});
afterEach(() => vi.unstubAllEnvs());

const video = {
  ...{ size: null, fps: null, bitrateKbps: null, gopSeconds: 1, copy: false, filters: noFilters },
  ...{ hwaccel: "auto" as const, latency: "low" as const },
  codec: null,
  encoder: softwareEncoder.encoder,
};
const fakeFfmpeg = fileURLToPath(new URL("../fake-ffmpeg.js", import.meta.url));

function planner(device: string, settings: Partial<PlanSettings> = {}): Planner {
  return new Planner(
    {
      ...{ device: parseDeviceSpec(device), audio: "none", loop: false, inputFormat: null, controls: [] },
      ...{ how: asDetected, tracks: anyTracks, audioCodec: "auto" },
      ...{ readyTimeoutMs: 60_000, video, ffmpeg: fakeFfmpeg },
      ...settings,
    },
    thisMachine({ CONFIGURATION_DIRECTORY: folder }),
    new EncoderCache(cacheFolder),
  );
}

const test = parseDeviceSpec("test");
if (test.kind !== "test") throw new Error("test is the test picture");
const sound = parseDeviceSpec(clip);
if (sound.kind !== "file") throw new Error("a path is a file's");

it("what can be found out while a device is waited for does not end the wait: an ffmpeg that is not to be had", async () => {
  const absent = planner("test", { video: { ...video, encoder: "auto" }, ffmpeg: "/nowhere/ffmpeg" });
  await expect(absent.ffmpeg()).rejects.toMatchObject({ reason: "noFfmpeg" });
  await expect(absent.prepare()).resolves.toBeUndefined();
});

const STDIN = { inputs: [], readsStdin: true, isCopied: false, encoder: null };

it.each<[string, string, Partial<PlanSettings>, object]>([
  [
    "the test picture: encoded",
    "test",
    {},
    {
      ...{ inputs: ["test"], readsStdin: false, isCopied: false, encoder: "libx264" },
      ...{ tracks: { video: true, audio: false }, framerate: 30 },
    },
  ],
  [
    "the test picture beside other sound: two processes",
    "test",
    { audio: test },
    {
      ...{ inputs: ["test", "test"], readsStdin: false, isCopied: false, encoder: "libx264" },
      ...{ tracks: { video: true, audio: true }, framerate: 30 },
    },
  ],
  [
    "a file with --copy: as it is",
    clip,
    { video: { ...video, copy: true } },
    {
      ...{ inputs: [clip], readsStdin: false, isCopied: true, encoder: null },
      ...{ tracks: { video: true, audio: false }, framerate: null },
    },
  ],
  ["stdin: no process", "-", {}, { ...STDIN, tracks: { video: true, audio: false }, framerate: null }],
  [
    "stdin at a rate that is told",
    "-",
    { video: { ...video, fps: 15 } },
    { ...STDIN, tracks: { video: true, audio: false }, framerate: 15 },
  ],
  [
    "stdin beside sound: a process for the sound",
    "-",
    { audio: test },
    { ...STDIN, inputs: ["test"], tracks: { video: true, audio: true }, framerate: null },
  ],
  [
    "stdin beside a file's sound: no encoder for the file's picture",
    "-",
    { audio: sound },
    { ...STDIN, inputs: [clip], tracks: { video: true, audio: true }, framerate: null },
  ],
])("a plan for %s", async (_, device, settings, expected) => {
  const plan = await planner(device, settings).plan();
  const { readsStdin, isCopied, tracks } = plan;
  expect({
    ...{ readsStdin, isCopied, tracks },
    inputs: plan.processes.map(({ source }) => source.label),
    encoder: plan.encoder?.chosen.encoder.name ?? null,
    framerate: plan.rates.framerate ?? null,
  }).toEqual(expected);
});

/** A run of the channel's process that has ended so. */
const NOTHING_SENT = { sentFrames: false, failure: new UserError("failure", "it failed") };
const failed = (reason: ExitReason) => ({ sentFrames: false, failure: new UserError(reason, "it failed") });

it.each<[string, { sentFrames: boolean; failure: UserError }, Partial<Overrides>, boolean]>([
  ["that sent frames", { ...NOTHING_SENT, sentFrames: true }, {}, true],
  ["whose device was away", failed("deviceAbsent"), {}, true],
  ["whose device was in use", failed("deviceBusy"), {}, true],
  ["whose device was not to be opened", failed("permission"), {}, true],
  ["that failed at once", NOTHING_SENT, {}, false],
  ["that sent what cannot be used", failed("brokenInput"), {}, false],
  [
    "whose encoder is to be left out",
    { ...NOTHING_SENT, sentFrames: true },
    { brokenEncoders: [softwareEncoder] },
    false,
  ],
  ["that is to be re-encoded", { ...NOTHING_SENT, sentFrames: true }, { transcodes: true }, false],
  ["whose key frames were late", { ...NOTHING_SENT, sentFrames: true }, { decodingThreads: 2 }, true],
])("the next process after one %s", async (_, ended, learned, isKept) => {
  const one = planner("test");
  const plan = await one.plan();
  const [old] = plan.processes;
  if (old === undefined) throw new Error("the test picture is a process");
  const overrides = { ...noOverrides, ...learned };
  const next = await one.replan({ plan: old, ...ended }, plan, overrides);
  expect(next.plan.encoder).toEqual(plan.encoder);
  expect(next.plan.encoder === plan.encoder).toBe(isKept); // one that was chosen again is another object
  expect(next.plan.overrides).toBe(overrides);
  expect(next.process).toMatchObject({ video: old.video, audio: null });
});

it("the next process of the sound beside a picture leaves the picture's encoder as it is", async () => {
  const one = planner("test", { audio: test });
  const plan = await one.plan();
  const [, old] = plan.processes;
  if (old === undefined) throw new Error("the sound has its own process");
  const next = await one.replan({ plan: old, ...NOTHING_SENT }, plan, noOverrides);
  expect(next.plan.encoder).toBe(plan.encoder);
  expect(next.process).toMatchObject({ video: null, audio: old.audio });
});

it.each<[string, PlanSettings["video"], string]>([
  ["a size", { ...video, size: { width: 640, height: 360 } }, "scale=640:360"],
  ["a rate", { ...video, fps: 12 }, "r=12"],
])("%s that is asked for is what the test card is made in", async (_, wanted, word) => {
  const { processes } = await planner("test", { video: wanted }).plan();
  expect(processes[0]?.args.join(" ")).toMatch(new RegExp(`\\b${word}\\b`));
});

it("a plan is renewed without a process of ffmpeg, and with the time of now", async () => {
  const log = join(folder, "renewed.log");
  const one = planner(clip);
  const plan = await one.plan();
  vi.stubEnv("FAKE_FFMPEG_LOG", log);
  vi.spyOn(Date, "now").mockReturnValue(2e12);
  const renewed = await one.renew(plan);
  vi.restoreAllMocks();
  const [before, after] = [plan, renewed].map(({ processes }) => processes[0]);
  expect(after).toMatchObject({ source: before?.source, args: before?.args, baseS: 2e9 - 1 });
  expect(renewed).toMatchObject({ ffmpeg: plan.ffmpeg, encoder: plan.encoder, tracks: plan.tracks });
  expect(existsSync(log)).toBe(false);
});

it("a pipe is closed again where there is no encoder for what comes of it", async () => {
  const pipe = join(folder, "pipe");
  execFileSync("mkfifo", [pipe]);
  const nvenc = encoders.find(({ name }) => name === "h264_nvenc");
  if (nvenc === undefined) throw new Error("NVENC is in the table");
  const close = vi.spyOn(PipeFeed.prototype, "close");
  const plan = planner(pipe, { video: { ...video, encoder: nvenc } }).plan();
  await expect(plan).rejects.toMatchObject({ reason: "noEncoder" });
  expect(close).toHaveBeenCalledTimes(1);
  vi.restoreAllMocks();
});
