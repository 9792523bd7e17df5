import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { probeEncoder } from "../../src/encoders/probe.ts";
import type { Encoder } from "../../src/ffmpeg/encoder.ts";
import { softwareEncoder } from "../../src/ffmpeg/encoder-table.ts";
import { findFfmpeg } from "../../src/ffmpeg/find.ts";
import { fakeArgs, picturesPath, taking } from "../e2e/fake.ts";
import { findFfmpegs } from "../e2e/ffmpegs.ts";
import { makeFolder } from "../e2e/folder.ts";
import { decodeComplaints, probeStreams } from "../e2e/judges.ts";
import { Program, start, stopAll } from "../e2e/program.ts";
import { steps } from "../e2e/recording.ts";
import { type SoftwareGpu, startSoftwareGpu, whyNoSoftwareGpu } from "../e2e/software-gpu.ts";
import { Viewer } from "../e2e/viewer.ts";
import { chromium } from "../players/chromium.ts";
import { findProgram } from "../run.ts";

const folder = makeFolder();
afterAll(async () => {
  await stopAll();
  folder.remove();
});

const small = ["--device", "test", "--size", "320x240", "--fps", "15"];
const auto = [...small, "--encoder", "auto"];
const withoutGpu = whyNoSoftwareGpu();
if (withoutGpu !== null) console.log(`skipped: h264_vaapi on a GPU in software: ${withoutGpu}`);

/** What h264_nvenc is told about key frames and other drivers make of it, as libx264 does it. */
const x264 = softwareEncoder.encoder;
const drivers: readonly (readonly [what: string, forces: boolean, change: (args: string) => string])[] = [
  ["at once", true, (args) => args],
  ["never", false, (args) => args.replace(/-force_key_frames \S+/, "")],
  ["a picture late", false, (args) => args.replace(/expr:\S+/, "expr:eq(n,0)+eq(n,7)")],
  ["as all others do", false, (args) => `${args} -x264-params keyint=3`],
];

it.concurrent.each(drivers)(
  "a trial tells whether a key frame that is forced comes %s",
  async (_what, forces, change) => {
    const encoder: Encoder = {
      ...x264,
      arguments: (goal, profile) =>
        change(x264.arguments(goal, profile).join(" ")).split(" ").filter(Boolean),
    };
    const candidate = { encoder, node: null, refusal: null, forbidden: null };
    const setup = { ffmpeg: await findFfmpeg(null), size: { width: 320, height: 240 }, fps: 30 };
    const { verdict } = await probeEncoder(candidate, setup);
    expect(verdict).toMatchObject({ works: true, forcesKeyFrames: forces });
  },
);

/** libx264 behind a driver that makes something else of the video than it was given. */
const behind = (filter: string, size: string) => {
  const [width = 0, height = 0] = size.split("x").map(Number);
  const candidate = {
    encoder: { ...x264, filters: [filter] },
    ...{ node: null, refusal: null, forbidden: null },
  };
  return findFfmpeg(null).then((ffmpeg) =>
    probeEncoder(candidate, { ffmpeg, size: { width, height }, fps: 30 }),
  );
};
/** The rows of what is no multiple of 64 wide begin a little later each time, as on a Raspberry Pi 4. */
const SHEARED = "geq=lum='lum(mod(X+Y*mod(W,64),W),Y)':cb='cb(X,Y)':cr='cr(X,Y)'";

it.concurrent.each([
  ["rows that are shifted", SHEARED, "640x360", { works: true }],
  [
    "rows that are shifted, in a width that the driver takes only in steps",
    SHEARED,
    "648x360",
    { works: true, widthStep: 64 },
  ],
  ["swapped colours", "swapuv", "648x360", { works: false, reason: expect.stringMatching(/garbles/) }],
  ["no picture at all", "lutyuv=y=16:u=128:v=128", "640x360", { works: false }],
  ["nothing else", "null", "854x480", { works: true }],
])("a trial sees %s", async (_what, filter, size, verdict) => {
  const result = await behind(filter, size);
  expect(result.verdict).toMatchObject(verdict);
  expect("widthStep" in result.verdict).toBe("widthStep" in verdict);
});

it.concurrent.each([
  ["all", [], { works: true, holdsNoFrame: true }],
  ["too few", ["-frames:v", "9"], { works: true }],
])("a driver that holds no frame back and gives %s of them", async (_what, more, verdict) => {
  const encoder: Encoder = {
    ...{ ...x264, holdsNoFrameSince: 5 },
    arguments: (goal, profile) => [...x264.arguments(goal, profile), ...(goal.holdsNoFrame ? more : [])],
  };
  const setup = { ffmpeg: await findFfmpeg(null), size: { width: 320, height: 240 }, fps: 30 };
  const result = await probeEncoder({ encoder, node: null, refusal: null, forbidden: null }, setup);
  expect(result.verdict).toMatchObject(verdict);
  expect("holdsNoFrame" in result.verdict).toBe("holdsNoFrame" in verdict);
});

it.concurrent("an encoder that is as slow as ffmpeg itself does not hang", async () => {
  const path = folder.file("slow-ffmpeg");
  const script = '#!/bin/sh\ncase "$*" in *libx264*) sleep 11 ;; esac\nexec ffmpeg "$@"\n';
  writeFileSync(path, script, { mode: 0o755 });
  const candidate = { encoder: x264, node: null, refusal: null, forbidden: null };
  const size = { width: 320, height: 240 };
  const probe = async (answeredInMs: number) => {
    const ffmpeg = { path, version: "7.1", majorVersion: 7, answeredInMs };
    return (await probeEncoder(candidate, { ffmpeg, size, fps: 30 })).verdict;
  };
  const [slow, hanging] = await Promise.all([probe(6000), probe(50)]);
  expect(slow).toMatchObject({ works: true });
  expect(hanging).toMatchObject({ works: false, reason: "it hangs: ten frames took longer than 10 s" });
});

/** A cache that nobody has written to. */
let caches = 0;
const freshCache = () => ({ CACHE_DIRECTORY: folder.file(`cache-${caches++}`) });

describe.skipIf(withoutGpu !== null)("a GPU (in software, behind ffmpeg's own h264_vaapi)", () => {
  let gpu: SoftwareGpu;
  beforeAll(async () => (gpu = await startSoftwareGpu()));
  afterAll(() => gpu.stop());

  it.each(findFfmpegs().map((path) => [path]))("is taken by auto, streams and decodes: %s", async (path) => {
    const args = [...auto, "--gop", "0.5", "--ffmpeg", path, "--json"];
    const program = start(args, { env: { ...gpu.env(), ...freshCache() } });
    const { url, encoder, codecs } = JSON.parse(await program.firstLine());
    expect({ encoder, codecs }).toEqual({
      encoder: "h264_vaapi",
      codecs: [expect.stringMatching(/^avc1\.42[4-7c-f]0/), "mp4a.40.2"], // constrained baseline: all the driver has
    });
    const viewer = new Viewer(url);
    const recording = await viewer.watch(2);
    await program.stopInOrder();
    const file = folder.file("vaapi.flv");
    writeFileSync(file, viewer.bytes);
    expect(await decodeComplaints(file)).toBe("");
    expect(await probeStreams(file)).toContainEqual(
      expect.objectContaining({ codec_name: "h264", profile: "Constrained Baseline", has_b_frames: 0 }),
    );
    for (const ms of steps(recording.keyPictures)) expect(Math.abs(ms - 500)).toBeLessThanOrEqual(70);
  });

  it("plays in a browser", async ({ skip }) => {
    if (findProgram(...chromium.programs) === null) {
      console.log(`skipped: the browser: none of ${chromium.programs.join(", ")} is installed`);
      skip();
    }
    const program = start([...auto, "--json"], { env: { ...gpu.env(), ...freshCache() } });
    const { url, encoder } = JSON.parse(await program.firstLine());
    const { complaints, video, playedMs } = await chromium.play(url, 3);
    await program.stopInOrder();
    expect({ encoder, complaints }).toEqual({ encoder: "h264_vaapi", complaints: [] });
    expect(playedMs).toBeGreaterThan(2000);
    expect(video?.frames).toBeGreaterThan(20);
  });

  const faults: readonly (readonly [fail: string, reason: string])[] = [
    ["init", "its VA-API driver fails to start"],
    ["config", "its driver rejects H.264"],
    ["context", "its driver fails to start encoding"],
    ["encode:0", "its driver fails on the first frame"],
  ];
  const cases = findFfmpegs().flatMap((path) =>
    faults.map(([fail, reason]) => [fail, reason, path] as const),
  );

  it.each(cases)(
    'that fails at %s: auto says "%s" once, and x264 encodes: %s',
    async (fail, reason, path) => {
      const args = [...auto, "--ffmpeg", path, "--json", "--audio", "none"];
      const program = start(args, { env: { ...gpu.env(fail), ...freshCache() } });
      expect(JSON.parse(await program.firstLine())).toMatchObject({ encoder: "libx264" });
      expect(await program.stop()).toMatchObject({
        exitCode: 0,
        stderr:
          `flvcast: no hardware encoder works (h264_vaapi on ${gpu.node}: ${reason}), ` +
          "using libx264 (see flvcast encoders)\n",
      });
    },
  );

  it.each(faults)("that fails at %s is no encoder to ask for: «%s», exit code 13", async (fail, reason) => {
    const args = [...small, "--encoder", "h264_vaapi"];
    const { exitCode, stdout, stderr } = await start(args, { env: { ...gpu.env(fail), ...freshCache() } })
      .ended;
    expect({ exitCode, stdout }).toEqual({ exitCode: 13, stdout: "" });
    expect(stderr).toMatch(
      new RegExp(`^flvcast: --encoder h264_vaapi does not work here: ${gpu.node}: ${reason}; [^\n]+\n$`),
    );
  });

  it("is told by --dry-run, which says why it is taken", async () => {
    const env = { ...gpu.env(), ...freshCache() };
    const { exitCode, stdout, stderr } = await start([...auto, "--dry-run"], { env }).ended;
    expect({ exitCode, stderr }).toEqual({
      exitCode: 0,
      stderr: `flvcast: encoder: h264_vaapi on ${gpu.node}, the first that works\n`,
    });
    expect(stdout).toContain(`-vaapi_device ${gpu.node} `);
    expect(stdout).toContain("-force_key_frames"); // its probe has shown that they come
  });

  it("is listed by flvcast encoders, with the profile that it has", async () => {
    const env = { ...gpu.env(), ...freshCache() };
    const { stdout, exitCode } = await new Program(["encoders", "--probe"], { env }).ended;
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(new RegExp(`^H.264 +h264_vaapi +${gpu.node} +works$`, "m"));
    expect(stdout).toContain(`auto selects h264_vaapi on ${gpu.node} for H.264.`);
    const { encoders } = JSON.parse(
      (await new Program(["encoders", "--json"], { env }).ended).stdout,
    ) as Probed;
    const codec = expect.stringMatching(/^avc1\.42\w{4}$/);
    expect(encoders).toContainEqual(expect.objectContaining({ encoder: "h264_vaapi", works: true, codec }));
  });
});

describe("what was found out", () => {
  const log = folder.file("runs.log");
  // What ffmpeg says of pictures that are alike: its output is compared with what it was given.
  const psnr = "[Parsed_psnr_6 @ 0x5] PSNR y:50.1 u:50.2 v:50.3 average:50.1 min:50.0 max:50.4";
  const works = taking({ stderr: psnr }, { replay: { 1: picturesPath } }, { waitMs: 1000 });
  const anyFake = [...fakeArgs, "--encoder", "auto", "--duration", "0.1"];
  const cache = freshCache();

  /** The processes of one run, by what they were to do. */
  async function runsOf(args: readonly string[], { env }: ReturnType<typeof taking>) {
    writeFileSync(log, "");
    const end = await start(args, { env: { ...env, ...cache, DISPLAY: undefined, FAKE_FFMPEG_LOG: log } })
      .ended;
    const runs = readFileSync(log, "utf8")
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as readonly string[]);
    const probes = runs.filter((words) => words.some((word) => word.includes("trim=end_frame=10")));
    return { ...end, runs: runs.length, probes: probes.length, last: runs.at(-1) };
  }

  it("is not found out again by the second start", async () => {
    const first = await runsOf(anyFake, works);
    expect(first.exitCode).toBe(0);
    expect(first.probes).toBeGreaterThan(0);
    expect(await runsOf(anyFake, works)).toMatchObject({ exitCode: 0, probes: 0, runs: 2 }); // -version, and the stream
  });

  it("is thrown away by a start that fails, and the next encoder is tried in its place", async () => {
    expect(existsSync(`${cache.CACHE_DIRECTORY}/encoders.json`)).toBe(true);
    const { exitCode, stderr, probes, last } = await runsOf(
      anyFake,
      taking({ stderr: "the driver is gone" }, { exit: 1 }),
    );
    expect({ exitCode, probes: probes > 0 }).toEqual({ exitCode: 1, probes: true });
    expect(stderr).toMatch(/flvcast: \w+ passed its test but then failed; .*the driver is gone/);
    expect(last).toContain("libx264");
    expect(existsSync(`${cache.CACHE_DIRECTORY}/encoders.json`)).toBe(false);
  });

  it("costs nothing where nothing is encoded, or x264 is asked for", async () => {
    for (const encoder of [["--copy"], ["--encoder", "libx264"]]) {
      const args = ["--device", picturesPath, "--ffmpeg", "ffmpeg", "--dry-run", ...encoder];
      const env = { ...freshCache(), DISPLAY: undefined };
      expect(await start(args, { env }).ended).toMatchObject({ exitCode: 0 });
      expect(existsSync(env.CACHE_DIRECTORY)).toBe(false);
    }
  });

  it("of encoders that hang is told in seconds, and nothing of them stays", async () => {
    const { exitCode, stderr } = await runsOf(
      [...fakeArgs, "--encoder", "h264_nvenc"],
      taking({ stall: true }),
    );
    expect(exitCode).toBe(13);
    expect(stderr).toMatch(
      /^flvcast: --encoder h264_nvenc does not work here: it hangs: ten frames took longer than \d+ s; /,
    );
  });
});

const fixture = (name: string) => picturesPath.replace("video-7.1.nut", name);

describe("an encoder is believed only for what comes out of it", () => {
  it.each([
    [
      "B-frames",
      [{ replay: { 1: fixture("reordered.nut") } }],
      /: it makes B-frames despite being told not to; /,
    ],
    ["too few", [{ replay: { 1: picturesPath }, bytes: 9000 }], /: only \d of 10 frames came out; /],
    ["rubbish", [{ rubbish: 3000 }], /: only 0 of 10 frames came out; /],
    ["nothing, with exit code 0", [], /: only 0 of 10 frames came out; /],
    [
      "a refusal",
      [{ stderr: "[h264_nvenc @ 0x1] Flux is low" }, { exit: 1 }],
      /: ffmpeg says "Flux is low"; /,
    ],
  ])("%s", async (_, replay, line) => {
    const env = { ...taking(...replay).env, ...freshCache() };
    const { exitCode, stderr } = await start([...fakeArgs, "--encoder", "h264_nvenc"], { env }).ended;
    expect(exitCode).toBe(13);
    expect(stderr).toMatch(line);
  });
});

interface Probed {
  readonly auto: { readonly encoder: string; readonly node: string | null };
  readonly encoders: readonly {
    readonly encoder: string;
    readonly works: boolean;
    readonly reason?: string;
  }[];
}

describe.skipIf(process.platform !== "linux")("where no hardware encoder works", () => {
  it.each(findFfmpegs().map((path) => [path]))("that is found out, with a reason each: %s", async (path) => {
    const args = ["encoders", "--probe", "--json", "--ffmpeg", path];
    const startMs = performance.now();
    const { stdout } = await new Program(args, { env: { DISPLAY: undefined, ...freshCache() } }).ended;
    console.log(`flvcast encoders --probe with ${path}: ${Math.round(performance.now() - startMs)} ms`);
    const software = ["libx264", "libx265", "libsvtav1", "libaom-av1"];
    const { encoders, ...probed } = JSON.parse(stdout) as Probed; // as docs/hardware.md says
    expect(probed.auto).toEqual({ encoder: "libx264", node: null });
    const working = encoders.filter(({ works }) => works).map(({ encoder }) => encoder);
    expect(working).toContain("libx264");
    expect(working.filter((encoder) => !software.includes(encoder))).toEqual([]);
    expect(encoders.filter(({ works, reason }) => !works && !reason)).toEqual([]);
  });
});
