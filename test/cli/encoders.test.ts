import { expect, test } from "vitest";
import { parseArguments } from "../../src/cli/arguments.ts";
import { encoders, runEncoders } from "../../src/cli/encoders.ts";
import { EncoderCache } from "../../src/encoders/cache.ts";
import type { EncoderProbeOptions } from "../../src/encoders/choose.ts";
import type { ProbeResult } from "../../src/encoders/verdict.ts";
import { encodersOf } from "../../src/ffmpeg/encoder-table.ts";
import { fakeMachine } from "../encoders/fake-machine.ts";
import { FakeIo } from "./fake-io.ts";

const atMs = Date.UTC(2026, 0, 2, 3, 4, 5);
const results: readonly ProbeResult[] = [
  {
    encoder: "h264_nvenc",
    node: null,
    verdict: { works: false, reason: "no NVIDIA driver", fix: "install its driver", isAbsent: true },
    durationMs: 69,
    atMs,
  },
  {
    encoder: "h264_vaapi",
    node: "/dev/dri/renderD128",
    verdict: { works: true, profile: "main", codec: "avc1.4d401f" },
    durationMs: 1234,
    atMs,
  },
  {
    encoder: "libx264",
    node: null,
    verdict: { works: true, profile: "high", codec: "avc1.64001f" },
    durationMs: 80,
    atMs,
  },
  {
    encoder: "libsvtav1",
    node: null,
    verdict: { works: true, profile: "main", codec: "av01.0.05M.08" },
    durationMs: 90,
    atMs,
  },
];

/** Runs the command with probes that end as the test says. */
async function run(
  argv: readonly string[],
  { found = results, env = {} }: { found?: readonly ProbeResult[]; env?: Record<string, string> } = {},
) {
  const io = new FakeIo();
  const asked: { wanted: readonly string[]; options: EncoderProbeOptions; fresh: boolean }[] = [];
  const code = await runEncoders(parseArguments("encoders", encoders.flags, argv).flags, env, io.asIo, {
    prepare: async (ffmpeg) => ({
      ffmpeg: { path: ffmpeg ?? "ffmpeg", version: "7.1", majorVersion: 7 },
      fps: 30,
      machine: fakeMachine({}),
      cache: new EncoderCache("/dev/null/nowhere"),
    }),
    probeEncoders: async (wanted, options, { fresh }) => {
      asked.push({ wanted: wanted.map(({ name }) => name), options, fresh });
      return found;
    },
  });
  return { code, stdout: io.stdout.text, asked };
}

test("each encoder on each node: what works, what does not, and with --verbose why", async () => {
  const { code, stdout } = await run([]);
  expect(code).toBe(0);
  expect(stdout.split("\n").slice(0, 10)).toEqual([
    "CODEC  ENCODER     DEVICE               RESULT",
    "H.264  h264_vaapi  /dev/dri/renderD128  works",
    "H.264  libx264     -                    works",
    "AV1    libsvtav1   -                    works",
    "H.264  h264_nvenc  -                    not available",
    "",
    "auto selects h264_vaapi on /dev/dri/renderD128 for H.264.",
    "No H.265 encoder works.",
    "auto selects libsvtav1 for AV1.",
    "Why the others do not work: flvcast encoders --verbose",
  ]);
  expect(stdout).not.toContain("NVIDIA");
  const { stdout: told } = await run(["--verbose"]);
  expect(told).toContain("\nh264_nvenc\n  no NVIDIA driver\n  -> install its driver\n");
});

const hoursAgo = (hours: number) => results.map((one) => ({ ...one, atMs: Date.now() - hours * 3_600_000 }));

test("what is remembered says how old it is", async () => {
  expect((await run([], { found: hoursAgo(3) })).stdout).toContain("Tested 3 h 0 min ago with ffmpeg 7.1");
  expect((await run([], { found: hoursAgo(0.5) })).stdout).toContain("Tested 30 min ago");
  expect((await run([], { found: hoursAgo(0) })).stdout).not.toContain("ago");
});

test("long reasons are broken to fit 80 columns", async () => {
  const [reason, fix] = ["why ".repeat(50).trim(), "fix ".repeat(50).trim()];
  const verdict = { works: false, reason, fix, isAbsent: false } as const;
  const { stdout } = await run(["-v"], {
    found: [{ encoder: "h264_qsv", node: null, verdict, durationMs: 5, atMs }],
  });
  expect(stdout.split("\n").filter((line) => line.length > 80)).toEqual([]);
  expect(stdout.match(/why/g)).toHaveLength(50);
  expect(stdout).toContain("No H.264 encoder works.");
});

test("--json is one object", async () => {
  const { stdout } = await run(["--json"]);
  expect(JSON.parse(stdout)).toEqual({
    ffmpeg: { path: "ffmpeg", version: "7.1" },
    size: "1280x720",
    auto: { encoder: "h264_vaapi", node: "/dev/dri/renderD128" },
    autoByCodec: {
      h264: { encoder: "h264_vaapi", node: "/dev/dri/renderD128" },
      h265: null,
      av1: { encoder: "libsvtav1", node: null },
    },
    encoders: [
      {
        ...{
          encoder: "h264_nvenc",
          videoCodec: "h264",
          node: null,
          works: false,
          reason: "no NVIDIA driver",
          fix: "install its driver",
        },
        ...{ durationMs: 69, checkedAt: "2026-01-02T03:04:05.000Z" },
      },
      {
        ...{
          encoder: "h264_vaapi",
          videoCodec: "h264",
          node: "/dev/dri/renderD128",
          works: true,
          profile: "main",
        },
        ...{ codec: "avc1.4d401f", durationMs: 1234, checkedAt: "2026-01-02T03:04:05.000Z" },
      },
      {
        ...{ encoder: "libx264", videoCodec: "h264", node: null, works: true, profile: "high" },
        ...{ codec: "avc1.64001f", durationMs: 80, checkedAt: "2026-01-02T03:04:05.000Z" },
      },
      {
        ...{ encoder: "libsvtav1", videoCodec: "av1", node: null, works: true, profile: "main" },
        ...{ codec: "av01.0.05M.08", durationMs: 90, checkedAt: "2026-01-02T03:04:05.000Z" },
      },
    ],
  });
});

test("--probe asks again, --size and --ffmpeg say with what, and the environment says it, too", async () => {
  expect((await run([])).asked).toMatchObject([
    { fresh: false, options: { size: { width: 1280, height: 720 } } },
  ]);
  const { asked } = await run(["--probe", "--size", "640x480", "--ffmpeg", "/opt/ffmpeg"]);
  expect(asked).toMatchObject([
    { fresh: true, options: { size: { width: 640, height: 480 }, ffmpeg: { path: "/opt/ffmpeg" } } },
  ]);
  const { asked: byVariable } = await run([], { env: { FLVCAST_SIZE: "320x240" } });
  expect(byVariable).toMatchObject([{ options: { size: { width: 320, height: 240 } } }]);
});

test("--video-codec asks for one codec's alone", async () => {
  const { asked, stdout } = await run(["--video-codec", "av1"]);
  expect(asked[0]?.wanted).toEqual(encodersOf.av1.map(({ name }) => name));
  expect(stdout).toContain("\nauto selects libsvtav1 for AV1.\nWhy");
  expect(stdout).not.toContain("for H.264");
  expect((await run([])).asked[0]?.wanted).toContain("libx265");
});

test("a size that is none is refused", async () => {
  await expect(run(["--size", "big"])).rejects.toMatchObject({ reason: "usage" });
});
