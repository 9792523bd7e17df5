import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, expect, it, vi } from "vitest";
import type { Candidate } from "../../src/encoders/candidates.ts";
import { probeEncoder } from "../../src/encoders/probe.ts";
import { softwareEncoder } from "../../src/ffmpeg/encoder-table.ts";

const path = fileURLToPath(new URL("../fake-ffmpeg.js", import.meta.url));
const fixture = (name: string) => fileURLToPath(new URL(`../fixtures/${name}.nut`, import.meta.url));
/** Where in `video-7.1`, of which the first picture alone is a key frame, so many pictures end. */
const BYTES = { 9: 13_206, 10: 14_169 };

const pictures = (count: keyof typeof BYTES) => ({
  replay: { 1: fixture("video-7.1") },
  bytes: BYTES[count],
});
const all = (name: string) => ({ replay: { 1: fixture(name) } });
const says = (stderr: string) => ({ stderr });

const folder = mkdtempSync(join(tmpdir(), "flvcast-probe-"));
const log = join(folder, "starts");

afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(log, { force: true });
});
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));

const candidate: Candidate = { ...softwareEncoder, refusal: null, forbidden: null };

const psnr = (db: number) => says(`[Parsed_psnr_6 @ 0x1] PSNR y:${db} u:50 v:50 average:50 min:${db} max:50`);

/** `likeness`: what is answered to whoever compares the pictures with those that went in. */
async function verdictOf(
  steps: readonly object[],
  how: Partial<Candidate> = {},
  likeness = psnr(20),
  width = 320,
) {
  vi.stubEnv("FAKE_FFMPEG", JSON.stringify({ video: [steps], audio: [[likeness]] }));
  vi.stubEnv("FAKE_FFMPEG_LIVES", folder);
  vi.stubEnv("FAKE_FFMPEG_LOG", log);
  const setup = {
    ffmpeg: { path, version: "7.1", majorVersion: 7 },
    ...{ size: { width, height: 180 }, fps: 25 },
  };
  return (await probeEncoder({ ...candidate, ...how }, setup)).verdict;
}

/** The arguments of each start. */
const starts = (): readonly (readonly string[])[] =>
  readFileSync(log, "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as string[]);

const filtersOf = (args: readonly string[]) => args[args.indexOf("-vf") + 1] ?? "";

const WORKS = { works: true, profile: "high", codec: "avc1.64000c" };
const NO_REASON = /^ffmpeg failed without a reason$/;
const fails = (reason: RegExp) => ({ works: false, reason: expect.stringMatching(reason) as string });

it.each<[string, readonly object[], object]>([
  ["ten pictures", [pictures(10)], { ...WORKS, forcesKeyFrames: false }],
  ["a key frame that was forced", [all("key-in-six")], { works: true, forcesKeyFrames: true }],
  ["ten pictures and a complaint", [says("it is hot"), pictures(10)], { ...WORKS, forcesKeyFrames: false }],
  [
    "ten pictures, of a library that says which it is",
    [says("Svt[info]: SVT [version]:\tSVT-AV1 Encoder Lib v1.4.1"), pictures(10)],
    { ...WORKS, libraryVersion: "1.4.1" },
  ],
  ["nine pictures", [pictures(9)], fails(/^only 9 of 10 frames came out$/)],
  ["nothing", [], fails(/^only 0 of 10 frames came out$/)],
  ["a complaint", [says("it is hot"), { exit: 1 }], fails(/^ffmpeg says "it is hot"$/)],
  ["B-frames", [all("reordered")], fails(/^it makes B-frames despite being told not to$/)],
  ["an error before it hangs", [says("Error while opening encoder"), { stall: true }], fails(NO_REASON)],
  [
    "a failure before it hangs",
    [says("Task finished with error code: -22"), { stall: true }],
    fails(NO_REASON),
  ],
])("an encoder of which comes %s is judged by it", async (_, steps, verdict) => {
  expect(await verdictOf(steps)).toMatchObject(verdict);
});

it("an encoder whose pictures are not those that went in does not work", async () => {
  expect(await verdictOf([pictures(10)], {}, psnr(19.9))).toMatchObject(fails(/^it garbles /));
});

it.each([
  ["of a width that an encoder might garble, is asked for another", 330, pictures(10), psnr(5), [null, 64]],
  ["of a width that none garbles, is asked for no other", 320, pictures(10), psnr(5), [null]],
  ["whose pictures are too few, is asked for no other width", 330, pictures(9), psnr(5), [null]],
  ["that is like it, is asked for no other width", 330, pictures(10), psnr(50), [null]],
])("a picture %s", async (_, width, step, likeness, widths) => {
  await verdictOf([step], {}, likeness, width);
  const asked = starts().filter((args) => args.includes("-force_key_frames"));
  expect(asked.map((args) => (filtersOf(args).includes("64") ? 64 : null))).toEqual(widths);
});

const forbidden = { reason: "kim may not open /dev/video11", fix: "join video", isAbsent: false };
it.each([
  ["that it may not open", forbidden, forbidden],
  ["that there is none", null, { isAbsent: true }],
])("of an encoder that finds no device among its nodes, %s is told", async (_, unopened, told) => {
  const lines = ["[h264_v4l2m2m @ 0x1] Could not find a valid device", "Error while opening encoder"];
  const verdict = await verdictOf([...lines.map(says), { exit: 1 }], { forbidden: unopened });
  expect(verdict).toMatchObject({ works: false, ...told });
  const amf = says("[h264_amf @ 0x1] DLL libamfrt64.so.1 failed to open");
  expect(await verdictOf([amf, { exit: 1 }], { forbidden: unopened })).toMatchObject(fails(/^no AMD driver/));
  const other = await verdictOf([says("it is hot"), { exit: 1 }], { forbidden: unopened });
  expect(other).toMatchObject(fails(/it is hot/));
});

it("every profile is tried where nobody knows what is wrong, and each picture is to be a key frame in its turn", async () => {
  await verdictOf([says("it is hot"), { exit: 1 }]);
  const profiles = starts().map((args) => args[args.indexOf("-profile:v") + 1]);
  expect(profiles).toEqual(["high", "main", "baseline"]);
  for (const args of starts()) expect(args).toContain("-force_key_frames");
});

it("a profile more is not tried where an encoder sends what is wrong", async () => {
  await verdictOf([pictures(9)]);
  expect(starts()).toHaveLength(1);
});

it("what stands in an encoder's way is told without running it", async () => {
  const refusal = { reason: "there is none", fix: "buy one", isAbsent: true };
  expect(await verdictOf([pictures(10)], { refusal })).toEqual({ works: false, ...refusal });
  expect(starts).toThrow(/ENOENT/);
});
